import { describe, expect, it } from '@jest/globals';
import {
  type ApiTokenChanges,
  type ApiTokenPage,
  type ApiTokenQuota,
  type ApiTokenService,
  InMemoryApiTokenStore,
  type StoredApiToken,
} from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { everything, foreignSecret } from '../../support/tokens.js';

/** Keeps IDs in a column for UUIDs, which finds them in any case, and without hyphens. */
class UuidStore extends InMemoryApiTokenStore {
  override findById(id: string) {
    return super.findById(uuid(id));
  }
  override update(id: string, changes: ApiTokenChanges, quota: ApiTokenQuota | null = null) {
    return super.update(uuid(id), changes, quota);
  }
  override rotate(id: string, digest: string, retireAt: Date) {
    return super.rotate(uuid(id), digest, retireAt, 'acme_next');
  }
  override revoke(id: string, at: Date, reason: string) {
    return super.revoke(uuid(id), at, reason);
  }
  override remove(id: string) {
    return super.remove(uuid(id));
  }
}

function uuid(id: string): string {
  return id
    .toLowerCase()
    .replaceAll('-', '')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const NOW = Date.parse('2026-11-22T00:00:00.000Z');

type Call = (tokens: ApiTokenService, id: string) => Promise<unknown>;

const CALLS: [name: string, call: Call, state: string][] = [
  ['revoke', (tokens, id) => tokens.revoke(id, { reason: 'leaked' }), 'revoked'],
  ['pause', (tokens, id) => tokens.pause(id), 'paused'],
  ['remove', (tokens, id) => tokens.remove(id), 'unknown'],
  ['rotate', (tokens, id) => tokens.rotate(id), 'rotated'],
  ['update', (tokens, id) => tokens.update(id, { expiresAt: new Date(NOW + 5) }), 'expired'],
];

describe('RX01: a store that finds an ID however it is written', () => {
  describe.each([
    ['in upper case', (id: string) => id.toUpperCase()],
    ['without hyphens', (id: string) => id.replaceAll('-', '')],
  ])('%s', (_, written) => {
    it.each(CALLS)('hides nothing in the cache of what %s() does', async (_name, call, state) => {
      const time = { nowMs: NOW };
      const { tokens, authenticate } = newServices({
        store: new UuidStore(),
        clock: () => time.nowMs,
      });
      const { token, secret } = await tokens.issue(everything);
      expect(await authenticate(secret)).toBe('ok');
      await call(tokens, written(token.id));
      if (state === 'expired') time.nowMs += 5;
      expect(await authenticate(secret)).toBe(state);
    });

    it('hides nothing of resume() either, and events name the token by its own ID', async () => {
      const { tokens, authenticate, events } = newServices({ store: new UuidStore() });
      const { token, secret } = await tokens.issue(everything);
      await tokens.pause(token.id);
      expect(await authenticate(secret)).toBe('paused');
      await tokens.resume(written(token.id));
      expect(await authenticate(secret)).toBe('ok');
      expect(events.every((event) => !('tokenId' in event) || event.tokenId === token.id)).toBe(true);
      expect((await tokens.find(written(token.id)))?.id).toBe(token.id);
    });
  });
});

describe('RX05: a row that was not asked for', () => {
  /** Answers with what the token is that a test wants to be answered. */
  class ForeignStore extends InMemoryApiTokenStore {
    foreign: StoredApiToken | null = null;
    changed: string[] = [];

    override async findById(id: string) {
      return this.foreign ?? super.findById(id);
    }
    override async list(ownerId: string, page: ApiTokenPage) {
      const tokens = await super.list(ownerId, page);
      return this.foreign === null ? tokens : [...tokens, this.foreign];
    }
    override async revoke(id: string, at: Date, reason: string) {
      this.changed.push(id);
      return super.revoke(id, at, reason);
    }
    override async remove(id: string) {
      this.changed.push(id);
      return super.remove(id);
    }
  }

  async function startForeign() {
    const services = newServices({ store: new ForeignStore() });
    const own = await services.tokens.issue(everything);
    const other = await services.tokens.issue({ ...everything, ownerId: 'doc', note: 'a secret note' });
    services.store.foreign = await services.store.findById(other.token.id);
    services.events.length = 0;
    return { ...services, own, other };
  }

  it.each<[string, Call]>([
    ['find', (tokens, id) => tokens.find(id)],
    ['list', (tokens) => tokens.list({ ownerId: 'grumpy' })],
    ['update', (tokens, id) => tokens.update(id, { note: 'n' })],
    ['rotate', (tokens, id) => tokens.rotate(id)],
    ['pause', (tokens, id) => tokens.pause(id)],
    ['resume', (tokens, id) => tokens.resume(id)],
    ['revoke', (tokens, id) => tokens.revoke(id)],
    ['remove', (tokens, id) => tokens.remove(id)],
  ])('is a fault for %s(): nothing of it is shown, and nothing is changed', async (_, call) => {
    const { tokens, own, other, events, store, authenticate } = await startForeign();
    const error = await call(tokens, own.token.id).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ForeignRecord' });
    expect(JSON.stringify([error, (error as Error).message, events])).not.toMatch(
      new RegExp(`${other.token.id}|a secret note|doc`),
    );
    expect(events).toEqual([
      expect.objectContaining({ type: 'faulted', component: 'repository', fault: { name: 'ForeignRecord' } }),
    ]);
    expect(store.changed).toEqual([]);
    for (const { secret } of [own, other]) expect(await authenticate(secret)).toBe('ok');
  });

  it.each<[string, (store: InMemoryApiTokenStore, foreign: StoredApiToken) => void, Call]>([
    [
      'update',
      (store, foreign) => void (store.update = async () => foreign),
      (tokens, id) => tokens.update(id, { note: 'n' }),
    ],
    [
      'update, by its own ID in another case',
      (store, foreign) => void (store.update = async () => ({ ...foreign, id: foreign.id.toUpperCase() })),
      (tokens, id) => tokens.pause(id),
    ],
    [
      'revoke',
      (store, foreign) => void (store.revoke = async () => foreign),
      (tokens, id) => tokens.revoke(id),
    ],
    [
      'listExpiring, which never expires',
      (store, foreign) => void (store.listExpiring = async () => [foreign]),
      (tokens) => tokens.announceExpiring({ from: new Date(0), until: new Date() }),
    ],
    [
      'listExpiring, which was ended',
      (store, foreign) =>
        void (store.listExpiring = async () => [
          { ...foreign, expiresAt: new Date(1), revokedAt: new Date(1) },
        ]),
      (tokens) => tokens.announceExpiring({ from: new Date(0), until: new Date() }),
    ],
  ])('is a fault where it answers %s', async (_, spoil, call) => {
    const { tokens, store, events } = newServices();
    const { token } = await tokens.issue(everything);
    const other = await tokens.issue({ ...everything, ownerId: 'doc' });
    events.length = 0;
    spoil(store, (await store.findById(other.token.id))!);
    await expect(call(tokens, token.id)).rejects.toMatchObject({ name: 'ForeignRecord' });
    expect(events.map(({ type }) => type)).toEqual(['faulted']);
  });

  it('is a list of owners whose IDs the database takes for one', async () => {
    class IgnoresCase extends InMemoryApiTokenStore {
      override list(ownerId: string, page: ApiTokenPage) {
        return super.list(ownerId.toLowerCase(), page);
      }
    }
    const { tokens } = newServices({ store: new IgnoresCase() });
    await tokens.issue(everything);
    await expect(tokens.list({ ownerId: 'GRUMPY' })).rejects.toMatchObject({ name: 'ForeignRecord' });
    expect(await tokens.list({ ownerId: 'grumpy' })).toHaveLength(1);
  });
});

describe('RX06: metadata with a key __proto__', () => {
  const NESTED = [
    '{"__proto__":{"admin":true}}',
    '{"team":{"__proto__":{"admin":true}}}',
    '{"list":[{"deep":{"__proto__":null}}]}',
    '{"\\u005f_proto__":{"admin":true}}',
  ];

  it.each([
    ...NESTED.map((text): [string, unknown] => [text, JSON.parse(text)]),
    ['what toJSON makes', { toJSON: () => JSON.parse(NESTED[0]!) as unknown }],
    ['a date, which is a text as JSON', new Date(0)],
    ['a number as JSON', { toJSON: () => 7 }],
    ['nothing as JSON', { toJSON: () => null }],
    ['a list as JSON', { toJSON: () => [] }],
  ])('is rejected by issue, update and import: %s', async (_, metadata) => {
    const { tokens } = newServices();
    const { token } = await tokens.issue(everything);
    const calls = [
      tokens.issue({ ...everything, metadata: metadata as never }),
      tokens.update(token.id, { metadata: metadata as never }),
      tokens.import({ ...everything, secret: foreignSecret(), metadata: metadata as never }),
    ];
    for (const call of calls) {
      await expect(call).rejects.toMatchObject({ code: 'INVALID_METADATA', field: 'metadata' });
    }
    expect(await tokens.list({ ownerId: 'grumpy' })).toHaveLength(1);
  });

  it.each(NESTED)('that is stored all the same reaches no copy: %s', async (text) => {
    const { tokens, store, authenticator } = newServices();
    const { token, secret } = await tokens.issue(everything);
    await store.update(token.id, { metadata: text });
    const answer = await authenticator.authenticate(secret);
    const read = [
      (await tokens.find(token.id))!.metadata,
      (await tokens.list({ ownerId: 'grumpy' }))[0]!.metadata,
      answer.ok ? answer.token.metadata : undefined,
    ];
    for (const metadata of read) {
      expect(JSON.stringify(metadata)).not.toContain('__proto__');
      expect(Object.assign({}, metadata)).not.toHaveProperty('admin');
      expect(Object.assign({}, metadata?.['team'])).not.toHaveProperty('admin');
    }
  });

  it('keeps the keys that only look so', async () => {
    const { tokens } = newServices();
    const metadata = { constructor: 1, prototype: 2, proto: 3, __proto: 4 };
    const { token } = await tokens.issue({ ...everything, metadata });
    expect((await tokens.find(token.id))?.metadata).toEqual(metadata);
  });
});
