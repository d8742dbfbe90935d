import { Injectable, Module, type OnModuleDestroy } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import {
  ApiTokenAuthenticator,
  type ApiTokenEvent,
  ApiTokenEvents,
  ApiTokenService,
  InMemoryApiTokenStore,
} from 'nestjs-api-token';
import { bearer, startApplication } from '../support/application.js';
import { reviewServer } from '../support/review-server.js';

/** A connection pool, which takes nothing after its end. */
class Pool {
  isOpen = true;
  readonly written: string[] = [];
  rejected = 0;

  async write(ids: Iterable<string>): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (!this.isOpen) {
      this.rejected += 1;
      throw new Error('The pool has ended.');
    }
    this.written.push(...ids);
  }
}

/** Writes to a pool that it does not end itself. */
class PooledStore extends InMemoryApiTokenStore {
  constructor(protected readonly pool: Pool) {
    super();
  }

  override async recordUses(uses: ReadonlyMap<string, Date>) {
    await this.pool.write(uses.keys());
  }
}

/** Ends its pool by itself. */
class EndingStore extends PooledStore implements OnModuleDestroy {
  async onModuleDestroy() {
    this.pool.isOpen = false;
  }
}

/** A module of the application that ends the pool. */
function poolModule(pool: Pool, isGlobal: boolean) {
  @Injectable()
  class PoolService implements OnModuleDestroy {
    readonly pool = pool;

    onModuleDestroy() {
      this.pool.isOpen = false;
    }
  }
  @Module({ providers: [PoolService], exports: [PoolService] })
  class PoolModule {}
  return { module: { module: PoolModule, global: isGlobal }, PoolService };
}

function setUps(): [string, (pool: Pool) => Parameters<typeof reviewServer>[0]][] {
  const injected = (pool: Pool, isGlobal: boolean) => {
    const { module, PoolService } = poolModule(pool, isGlobal);
    const useFactory = (service: { pool: Pool }) => new PooledStore(service.pool);
    return { imports: [module], repository: { useFactory, inject: [PoolService] } };
  };
  return [
    ['of the store itself', (pool) => ({ repository: { useValue: new EndingStore(pool) } })],
    [
      'of the store itself, which a factory makes',
      (pool) => ({ repository: { useFactory: () => new EndingStore(pool) } }),
    ],
    ['of a module that the store is made with', (pool) => injected(pool, false)],
    ['of a global module', (pool) => injected(pool, true)],
  ];
}

describe('RL05 the last uses before a shutdown', () => {
  it.each(setUps())('are written before onModuleDestroy %s', async (_, options) => {
    const pool = new Pool();
    const server = await startApplication(
      'Express',
      reviewServer({ lastUsed: { flushMs: 20 }, ...options(pool) }),
    );
    const events: ApiTokenEvent[] = [];
    server.app.get(ApiTokenEvents).subscribe((event) => events.push(event));
    const tokens = server.app.get(ApiTokenService);
    const { secret, token } = await tokens.issue({ ownerId: 'grumpy', policy: 'full-access' });
    expect((await server.send('GET', '/projects/1', bearer(secret))).status).toBe(200);
    await server.app.close();
    expect(pool.written).toEqual([token.id]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(pool.rejected).toBe(0);
    expect(events.filter(({ type }) => type === 'faulted')).toEqual([]);
  });

  it('are tried once more for requests in between, and never after', async () => {
    const pool = new Pool();
    const store = new EndingStore(pool);
    const server = await startApplication(
      'Express',
      reviewServer({ lastUsed: { flushMs: 10 }, repository: { useValue: store } }),
    );
    const { secret } = await server.app
      .get(ApiTokenService)
      .issue({ ownerId: 'grumpy', policy: 'full-access' });
    // Nest 12 still serves requests meanwhile, earlier versions do not.
    const authenticator = server.app.get(ApiTokenAuthenticator);
    let answered = false;
    const destroy = store.onModuleDestroy.bind(store);
    store.onModuleDestroy = async () => {
      await destroy();
      answered = (await authenticator.authenticate(secret)).ok;
    };
    await server.app.close();
    expect(answered).toBe(true);
    const { rejected } = pool;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(pool.rejected).toBe(rejected);
    expect(rejected).toBeLessThanOrEqual(2);
  });
});
