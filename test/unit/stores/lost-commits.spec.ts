import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiTokenService, InMemoryApiTokenStore } from 'nestjs-api-token';
import { TypeOrmApiTokenStore } from 'nestjs-api-token/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { mariadb, postgres, type TestDatabase } from '../../support/data-sources.js';
import { eventually } from '../../support/eventually.js';
import { type Loss, openLossyProxy } from '../../support/lossy-proxy.js';
import { newServices } from '../../support/services.js';
import { everything, foreignSecret } from '../../support/tokens.js';

/** The services on a database that can be cut off, and the store on a connection that can't. */
async function startOn(open: TestDatabase) {
  const opened = await open();
  if (opened === null) return null;
  const options = opened.dataSource.options as DataSourceOptions & { url: string };
  const url = new URL(options.url);
  const proxy = await openLossyProxy(Number(url.port));
  url.port = String(proxy.port);
  const dataSource = new DataSource({ ...options, url: url.href, migrationsRun: false } as DataSourceOptions);
  await dataSource.initialize();
  const store = new TypeOrmApiTokenStore(opened.dataSource);
  const services = newServices({
    repository: { useValue: new TypeOrmApiTokenStore(dataSource) },
    token: { prefix: 'acme', maxPerOwner: 10 },
  });
  return {
    ...services,
    proxy,
    store,
    kept: () => store.list(everything.ownerId, { after: null, limit: 100 }),
    async close() {
      await services.close();
      await dataSource.destroy();
      await proxy.close();
      await opened.drop();
    },
  };
}

describe.each([
  ['PostgreSQL', postgres],
  ['MariaDB', mariadb],
])('RL08: where a COMMIT is lost on the way, on %s', (name, open) => {
  let started: Awaited<ReturnType<typeof startOn>>;
  beforeEach(async () => {
    started = await startOn(open);
    if (started === null) process.stderr.write(`${name} does not answer: lost commits are skipped.\n`);
  });
  afterEach(() => started?.close());

  it('issue() answers with the token that was kept: one, with a secret that works', async () => {
    if (started === null) return;
    const { proxy, tokens, kept, authenticate, events } = started;
    proxy.lose('answer');
    const { token, secret } = await tokens.issue(everything);
    expect(proxy.lost()).toBe(1);
    expect((await kept()).map(({ id }) => id)).toEqual([token.id]);
    expect(await authenticate(secret)).toBe('ok');
    expect(events.map(({ type }) => type)).toEqual(['issued']);
  });

  it('import() answers with the token that was kept', async () => {
    if (started === null) return;
    const { proxy, tokens, kept, authenticate } = started;
    const secret = foreignSecret();
    proxy.lose('answer');
    const token = await tokens.import({ ...everything, secret });
    expect((await kept()).map(({ id }) => id)).toEqual([token.id]);
    expect(await authenticate(secret)).toBe('ok');
    await expect(tokens.import({ ...everything, secret })).rejects.toMatchObject({ code: 'SECRET_TAKEN' });
  });

  it('rotate() answers with the secret that was kept', async () => {
    if (started === null) return;
    const { proxy, tokens, authenticate } = started;
    const { token, secret } = await tokens.issue(everything);
    proxy.lose('answer');
    const rotated = await tokens.rotate(token.id);
    expect(proxy.lost()).toBe(1);
    expect(await authenticate(rotated.secret)).toBe('ok');
    expect(await authenticate(secret)).toBe('rotated');
  });

  it.each<[string, (tokens: ApiTokenService, id: string) => Promise<unknown>, number]>([
    ['issue', (tokens) => tokens.issue(everything), 2],
    ['import', (tokens) => tokens.import({ ...everything, secret: foreignSecret() }), 2],
    ['rotate', (tokens, id) => tokens.rotate(id), 1],
  ])('%s() says that the outcome is open where nothing is to be seen of it', async (_, call, count) => {
    if (started === null) return;
    const { proxy, tokens, kept } = started;
    const { token } = await tokens.issue(everything);
    for (const loss of ['request', 'late'] satisfies Loss[]) {
      proxy.lose(loss);
      await expect(call(tokens, token.id)).rejects.toMatchObject({
        name: 'ApiTokenError',
        code: 'OUTCOME_UNKNOWN',
        field: 'repository',
        message: expect.stringContaining('see what is stored, then try again'),
      });
    }
    expect(proxy.lost()).toBe(2);
    // What came late has been done after all.
    await eventually(async () => expect(await kept()).toHaveLength(count));
  });

  it.each<[string, (tokens: ApiTokenService, id: string) => Promise<unknown>, string]>([
    ['revoke', (tokens, id) => tokens.revoke(id), 'revoked'],
    ['pause', (tokens, id) => tokens.pause(id), 'paused'],
    ['remove', (tokens, id) => tokens.remove(id), 'unknown'],
    ['revokeMany', (tokens) => tokens.revokeMany({ all: true }), 'revoked'],
  ])('%s() says that the outcome is open, and hides nothing that was done', async (_, call, state) => {
    if (started === null) return;
    const { proxy, tokens, authenticate } = started;
    const { token, secret } = await tokens.issue(everything);
    expect(await authenticate(secret)).toBe('ok');
    proxy.lose('answer');
    await expect(call(tokens, token.id)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await authenticate(secret)).toBe(state);
  });
});

describe('RL08: where any store has kept a token and fails after', () => {
  class FailsAfter extends InMemoryApiTokenStore {
    failure: (() => never) | null = null;

    override async insert(...args: Parameters<InMemoryApiTokenStore['insert']>) {
      const answer = await super.insert(...args);
      this.failure?.();
      return answer;
    }
  }

  it('the token is there: issue() and import() are done', async () => {
    const { tokens, store, authenticate } = newServices({ store: new FailsAfter() });
    store.failure = () => {
      throw new Error('Connection terminated unexpectedly');
    };
    const { secret } = await tokens.issue(everything);
    const imported = foreignSecret();
    await tokens.import({ ...everything, secret: imported });
    expect(await authenticate(secret)).toBe('ok');
    expect(await authenticate(imported)).toBe('ok');
    expect(await tokens.list({ ownerId: everything.ownerId })).toHaveLength(2);
  });

  it('a digest that is taken by this very token is no collision', async () => {
    class TriesAgain extends InMemoryApiTokenStore {
      override async insert(...args: Parameters<InMemoryApiTokenStore['insert']>) {
        await super.insert(...args);
        return super.insert(...args);
      }
    }
    const { tokens, authenticate } = newServices({ store: new TriesAgain() });
    expect(await authenticate((await tokens.issue(everything)).secret)).toBe('ok');
    await expect(tokens.import({ ...everything, secret: foreignSecret() })).resolves.toBeDefined();
    expect(await tokens.list({ ownerId: everything.ownerId })).toHaveLength(2);
  });

  it('a failure is passed on where the token is not there, or nothing can be asked', async () => {
    class Fails extends InMemoryApiTokenStore {
      override async insert(): Promise<never> {
        throw new TypeError('The connection was rejected.');
      }
    }
    const { tokens, store } = newServices({ store: new Fails() });
    await expect(tokens.issue(everything)).rejects.toThrow(new TypeError('The connection was rejected.'));
    store.findByDigest = () => {
      throw new Error('still away');
    };
    await expect(tokens.issue(everything)).rejects.toThrow(new TypeError('The connection was rejected.'));
  });
});
