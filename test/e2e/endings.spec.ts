/** What is written when an application ends, and that nothing is tried after that. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { Global, Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import {
  ApiTokenAuthenticator,
  type ApiTokenEvent,
  ApiTokenEvents,
  type ApiTokenModuleOptions,
  ApiTokenRepository,
  ApiTokenService,
  InMemoryApiTokenStore,
} from 'nestjs-api-token';
import { bearer, type Platform, startApplication } from '../support/application.js';
import { eventually } from '../support/eventually.js';
import { capturedLog } from '../support/log.js';
import { reviewServer } from '../support/review-server.js';
import { everything } from '../support/tokens.js';

const FLUSH_MS = 20;

/** A pool of connections, which ends in one of Nest's hooks and takes its time for each query. */
class Pool {
  isOpen = true;
  attempts = 0;

  async query(): Promise<void> {
    this.attempts += 1;
    await delay(2);
    if (!this.isOpen) throw Object.assign(new Error(), { name: 'PoolEnded' });
  }
}

@Injectable()
class DestroyedPool extends Pool {
  onModuleDestroy() {
    this.isOpen = false;
  }
}

@Injectable()
class ShutDownPool extends Pool {
  onApplicationShutdown() {
    this.isOpen = false;
  }
}

type PoolClass = typeof DestroyedPool | typeof ShutDownPool;

class PooledStore extends InMemoryApiTokenStore {
  readonly written: string[][] = [];

  constructor(readonly pool: Pool) {
    super();
  }

  override async recordUses(uses: ReadonlyMap<string, Date>) {
    await this.pool.query();
    this.written.push([...uses.keys()]);
    await super.recordUses(uses);
  }
}

class EndingStore extends PooledStore {
  constructor() {
    super(new DestroyedPool());
  }

  onModuleDestroy() {
    this.pool.isOpen = false;
  }
}

type Overrides = Partial<ApiTokenModuleOptions>;

/** Where the pool may stand, relative to the module of tokens. */
const PLACES: Record<string, (pool: PoolClass) => ModuleMetadata> = {
  'beside the store': (pool) => server({ extraProviders: [pool], repository: storeOn(pool) }),
  'in a module that is imported': (pool) => {
    @Module({ providers: [pool], exports: [pool] })
    class DatabaseModule {}
    return server({ imports: [DatabaseModule], repository: storeOn(pool) });
  },
  'in a global module': (pool) => {
    @Global()
    @Module({ providers: [pool], exports: [pool] })
    class DatabaseModule {}
    const { imports = [], ...rest } = server({ repository: storeOn(pool) });
    return { ...rest, imports: [DatabaseModule, ...imports] };
  },
  'in a global module that comes later': (pool) => {
    @Global()
    @Module({ providers: [pool], exports: [pool] })
    class DatabaseModule {}
    const { imports = [], ...rest } = server({ repository: storeOn(pool) });
    return { ...rest, imports: [...imports, DatabaseModule] };
  },
  'in the root module': (pool) => {
    // As an application makes one that hands the pool over itself.
    const shared = new pool();
    const { providers = [], ...rest } = server({ repository: { useValue: new PooledStore(shared) } });
    return { ...rest, providers: [...providers, { provide: pool, useValue: shared }] };
  },
  'deep below, of a module that is not global': (pool) => {
    @Module({ providers: [pool], exports: [pool] })
    class DatabaseModule {}
    @Module({ imports: [DatabaseModule], exports: [DatabaseModule] })
    class MiddleModule {}
    return server({ imports: [MiddleModule], isGlobal: false, repository: storeOn(pool) });
  },
};

function storeOn(pool: PoolClass): NonNullable<Overrides['repository']> {
  return { useFactory: (made: Pool) => new PooledStore(made), inject: [pool] };
}

function server(overrides: Overrides): ModuleMetadata {
  return reviewServer({ lastUsed: { flushMs: 60_000 }, ...overrides });
}

async function start(platform: Platform, metadata: ModuleMetadata) {
  const running = await startApplication(platform, metadata);
  const { app } = running;
  const events: ApiTokenEvent[] = [];
  app.get(ApiTokenEvents, { strict: false }).subscribe((event) => events.push(event));
  const { token, secret } = await app.get(ApiTokenService, { strict: false }).issue(everything);
  const authenticator = app.get(ApiTokenAuthenticator, { strict: false });
  expect((await running.send('GET', '/projects/1', bearer(secret))).status).toBe(200);
  return { ...running, events, token, secret, authenticator };
}

const faultsOf = (events: readonly ApiTokenEvent[]) => events.filter(({ type }) => type === 'faulted');

describe('the end of an application', () => {
  describe.each<[string, PoolClass]>([
    ['onModuleDestroy', DestroyedPool],
    ['onApplicationShutdown', ShutDownPool],
  ])('whose pool ends in %s', (_, pool) => {
    it.each(Object.keys(PLACES))('RL05: last uses are written before: the pool is %s', async (place) => {
      const { app, events, token } = await start('Express', PLACES[place]!(pool));
      const made = app.get<Pool>(pool, { strict: false });
      const store = app.get<PooledStore>(ApiTokenRepository, { strict: false });
      await app.close();
      expect(made.isOpen).toBe(false);
      expect(store.written).toEqual([[token.id]]);
      expect(faultsOf(events)).toEqual([]);
    });
  });

  it('RL05: the store itself may be what ends', async () => {
    const store = new EndingStore();
    @Module({ providers: [{ provide: EndingStore, useFactory: () => store }], exports: [EndingStore] })
    class StoreModule {}
    const metadata = server({ imports: [StoreModule], repository: { useExisting: EndingStore } });
    const { app, events, token } = await start('Express', metadata);
    await app.close();
    expect(store.written).toEqual([[token.id]]);
    expect(faultsOf(events)).toEqual([]);
  });

  it('RL05: what is used while it ends is written too, where the store is still there', async () => {
    const shared = new ShutDownPool();
    const store = new PooledStore(shared);
    let use = async (): Promise<void> => undefined;
    @Injectable()
    class Late {
      async beforeApplicationShutdown() {
        await use();
      }
    }
    const { providers = [], ...rest } = server({ repository: { useValue: store } });
    const metadata = { ...rest, providers: [...providers, Late, { provide: Pool, useValue: shared }] };
    const { app, events, token, authenticator, secret } = await start('Express', metadata);
    use = async () => void (await authenticator.authenticate(secret));
    await app.close();
    expect(shared.isOpen).toBe(false);
    expect(store.written).toEqual([[token.id], [token.id]]);
    expect(faultsOf(events)).toEqual([]);
  });

  it('RL05: nothing is tried after the end, however the store fails', async () => {
    const shared = new DestroyedPool();
    shared.isOpen = false;
    const store = new PooledStore(shared);
    const metadata = server({ repository: { useValue: store }, lastUsed: { flushMs: FLUSH_MS } });
    const { app, events, authenticator, secret } = await start('Express', metadata);
    await app.close();
    const { attempts } = shared;
    const faults = faultsOf(events).length;
    await authenticator.authenticate(secret);
    await delay(5 * FLUSH_MS);
    expect(shared.attempts).toBe(attempts);
    expect(faultsOf(events)).toHaveLength(faults);
    expect(store.written).toEqual([]);
  });

  it('RL05: the first failure is the last attempt, so that a store that hangs is waited for once', async () => {
    const store = new InMemoryApiTokenStore();
    let attempts = 0;
    store.recordUses = () => {
      attempts += 1;
      return new Promise(() => undefined);
    };
    const overrides = { repository: { useValue: store }, timeouts: { managementMs: 100 } };
    const { app, events } = await start('Express', server(overrides));
    const before = performance.now();
    await app.close();
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(attempts).toBe(1);
    expect(faultsOf(events)).toHaveLength(1);
  });

  it('RL05: digests that are being moved are waited for before, and none is moved after', async () => {
    const store = new InMemoryApiTokenStore();
    const source = await start('Express', server({ repository: { useValue: store } }));
    let isOpen = true;
    const moved: boolean[] = [];
    const { replaceDigest } = store;
    store.replaceDigest = async (...digests) => {
      await delay(5);
      moved.push(isOpen);
      return replaceDigest.apply(store, digests);
    };
    @Injectable()
    class Database {
      onModuleDestroy() {
        isOpen = false;
      }
    }
    @Module({ providers: [Database] })
    class DatabaseModule {}
    const token = { prefix: 'acme', peppers: { current: 'a', keys: { a: 'a'.repeat(32) } } };
    const moving = await startApplication(
      'Express',
      server({ repository: { useValue: store }, imports: [DatabaseModule], token, cache: false }),
    );
    const authenticator = moving.app.get(ApiTokenAuthenticator);
    expect(await authenticator.authenticate(source.secret)).toMatchObject({ ok: true });
    await moving.app.close();
    expect(moved).toEqual([true]);
    const another = await source.app.get(ApiTokenService).issue(everything);
    await authenticator.authenticate(another.secret);
    await delay(30);
    expect(moved).toEqual([true]);
  });
});

describe('a process that nobody prepared for its end', () => {
  async function usedAndWritten(listen: () => void) {
    const log = capturedLog();
    const store = new PooledStore(new ShutDownPool());
    const metadata = server({ repository: { useValue: store }, lastUsed: { flushMs: FLUSH_MS } });
    const running = await start('Express', metadata);
    listen();
    await eventually(() => expect(store.written).toHaveLength(1));
    await running.authenticator.authenticate(running.secret);
    await eventually(() => expect(store.written).toHaveLength(2));
    return log.warn.filter((line) => line.includes('enableShutdownHooks'));
  }

  it('RL06: is told of app.enableShutdownHooks(), once, where nothing listens for SIGTERM', async () => {
    jest.spyOn(process, 'listenerCount').mockReturnValue(0);
    expect(await usedAndWritten(() => undefined)).toHaveLength(1);
  });

  it('RL06: is told nothing where something does', async () => {
    jest.spyOn(process, 'listenerCount').mockReturnValue(1);
    expect(await usedAndWritten(() => undefined)).toEqual([]);
  });
});
