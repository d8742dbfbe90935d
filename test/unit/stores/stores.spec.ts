import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type ApiTokenStore, InMemoryApiTokenStore, type StoredApiToken } from 'nestjs-api-token';
import { TypeOrmApiTokenStore } from 'nestjs-api-token/typeorm';
import { postgres, sqlite, type TestDatabase } from '../../support/data-sources.js';
import { policies } from '../../support/policy-arbitraries.js';

let made = 0;

function newToken(changes: Partial<StoredApiToken> = {}): StoredApiToken {
  made += 1;
  return {
    id: `00000000-0000-7000-8000-${String(made).padStart(12, '0')}`,
    ownerId: 'grumpy',
    kind: 'default',
    policy: '{"resources":{"*":{"allow":["GET"]}}}',
    note: 'émoji 🦉, "quotes" and\nlines',
    createdAt: new Date('2026-03-29T01:59:59.999Z'),
    notBefore: null,
    expiresAt: new Date('2040-12-31T23:59:59.123Z'),
    pausedAt: null,
    invalidatedAt: null,
    invalidationReason: null,
    ...changes,
  };
}

const inMemory = async () => ({
  store: new InMemoryApiTokenStore() as ApiTokenStore,
  drop: async () => undefined,
});

function typeorm(database: TestDatabase) {
  return async () => {
    const opened = await database();
    return (
      opened && { store: new TypeOrmApiTokenStore(opened.dataSource) as ApiTokenStore, drop: opened.drop }
    );
  };
}

describe.each([
  ['memory', inMemory],
  ['SQLite', typeorm(sqlite)],
  ['PostgreSQL', typeorm(postgres)],
])('F10 a store in %s', (name, open) => {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    opened = await open();
    if (opened === null) console.warn(`${name} does not answer: its store tests are skipped.`);
  });
  afterAll(() => opened?.drop());

  function test(title: string, run: (store: ApiTokenStore) => Promise<void>): void {
    it(title, async () => {
      if (opened !== null) await run(opened.store);
    });
  }

  test('gives back what was inserted, value for value', async (store) => {
    const token = newToken();
    expect(await store.insert(token, 'sha256:value')).toBe('inserted');
    expect({ ...(await store.findById(token.id)) }).toEqual(token);
    expect({ ...(await store.findByDigest(['sha256:other', 'sha256:value'])) }).toEqual({
      ...token,
      digest: 'sha256:value',
    });
  });

  test('knows nothing of what was not inserted', async (store) => {
    expect(await store.findById('nobody')).toBeNull();
    expect(await store.findByDigest(['sha256:nobody'])).toBeNull();
    expect(await store.findByDigest([])).toBeNull();
    expect(await store.invalidate('nobody', new Date(), '')).toBeNull();
  });

  test('tells digests apart by case', async (store) => {
    await store.insert(newToken(), 'sha256:AbC');
    expect(await store.findByDigest(['sha256:aBc'])).toBeNull();
    expect(await store.insert(newToken(), 'sha256:aBc')).toBe('inserted');
  });

  test('keeps nothing of a token whose digest is taken', async (store) => {
    const first = newToken();
    const second = newToken();
    await store.insert(first, 'sha256:taken');
    expect(await store.insert(second, 'sha256:taken')).toBe('digest-taken');
    expect(await store.findById(second.id)).toBeNull();
    expect((await store.findByDigest(['sha256:taken']))?.id).toBe(first.id);
  });

  test('lets one of 50 have a digest that all want at once', async (store) => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => store.insert(newToken(), 'sha256:race')),
    );
    expect(answers.filter((answer) => answer === 'inserted')).toHaveLength(1);
  });

  test('lists an owner in pages, in the order of issue', async (store) => {
    const tokens = Array.from({ length: 5 }, () => newToken({ ownerId: 'lister' }));
    for (const token of tokens) await store.insert(token, `sha256:${token.id}`);
    await store.insert(newToken({ ownerId: 'LISTER' }), 'sha256:other-owner');
    const ids = tokens.map(({ id }) => id);
    const first = await store.list({ ownerId: 'lister', after: null, limit: 2 });
    expect(first.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const rest = await store.list({ ownerId: 'lister', after: ids[1]!, limit: 100 });
    expect(rest.map(({ id }) => id)).toEqual(ids.slice(2));
  });

  test('A15 invalidates for good: the first date and reason stay', async (store) => {
    const token = newToken();
    await store.insert(token, 'sha256:ended');
    const at = new Date('2026-11-22T10:00:00.001Z');
    const ended = { ...token, invalidatedAt: at, invalidationReason: 'leaked' };
    expect({ ...(await store.invalidate(token.id, at, 'leaked')) }).toEqual(ended);
    expect({ ...(await store.invalidate(token.id, new Date(), 'again')) }).toEqual(ended);
    expect(await store.findByDigest(['sha256:ended'])).toMatchObject(ended);
  });

  test('keeps policy documents value for value', async (store) => {
    await fc.assert(
      fc.asyncProperty(policies, async (policy) => {
        const token = newToken({ policy: JSON.stringify(policy) });
        await store.insert(token, `sha256:${token.id}`);
        expect((await store.findById(token.id))?.policy).toBe(JSON.stringify(policy));
      }),
      { numRuns: 25 },
    );
  });
});
