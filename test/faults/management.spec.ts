import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { type ApiTokenService, type ApiTokenStore, DefaultTokenGenerator } from 'nestjs-api-token';
import { Gate } from '../support/eventually.js';
import { DEADLINE_MS, DriverError, PROMISES, THROWS, startFaultyServer } from '../support/faults.js';
import { everything } from '../support/tokens.js';

const SOON = { from: new Date(), until: new Date(Date.now() + 1_000) };
const WRITE_ONLY = { resources: { '*': { allow: ['POST'], block: ['*'] } } } as const;

/** Leaves a busy machine the time for a request before the deadline. */
const SLOW = { timeouts: { managementMs: 500 } };

interface Call {
  readonly name: string;
  /** What the store is asked for last. */
  readonly method: keyof ApiTokenStore;
  readonly call: (tokens: ApiTokenService, id: string) => Promise<unknown>;
}

/** What ends or limits a token, with the status of its secret then. */
const CHANGES: readonly (Call & { readonly ended: number })[] = [
  { name: 'K01 revoke', method: 'revoke', call: (tokens, id) => tokens.revoke(id), ended: 401 },
  {
    name: 'K01 revokeMany',
    method: 'revokeMany',
    call: (tokens) => tokens.revokeMany({ all: true }),
    ended: 401,
  },
  {
    name: 'K04 update',
    method: 'update',
    call: (tokens, id) => tokens.update(id, { policy: WRITE_ONLY }),
    ended: 403,
  },
  { name: 'pause', method: 'update', call: (tokens, id) => tokens.pause(id), ended: 401 },
  { name: 'rotate', method: 'rotate', call: (tokens, id) => tokens.rotate(id), ended: 401 },
  { name: 'remove', method: 'remove', call: (tokens, id) => tokens.remove(id), ended: 401 },
];

const CALLS: readonly Call[] = [
  ...CHANGES,
  { name: 'issue', method: 'insert', call: (tokens) => tokens.issue(everything) },
  {
    name: 'import',
    method: 'insert',
    call: (tokens) => tokens.import({ ...everything, secret: newSecret() }),
  },
  { name: 'find', method: 'findById', call: (tokens, id) => tokens.find(id) },
  { name: 'list', method: 'list', call: (tokens) => tokens.list({ ownerId: 'grumpy' }) },
  { name: 'resume', method: 'update', call: (tokens, id) => tokens.resume(id) },
  { name: 'prune', method: 'prune', call: (tokens) => tokens.prune({ before: new Date() }) },
  { name: 'announceExpiring', method: 'listExpiring', call: (tokens) => tokens.announceExpiring(SOON) },
];

function newSecret(): string {
  return new DefaultTokenGenerator({ prefix: 'acme' }).generate();
}

describe('managing tokens, while the store fails', () => {
  it.each(CALLS)('F02 $name that hangs ends at its deadline and says so', async ({ method, call }) => {
    const { store, tokens, token } = await startFaultyServer();
    store.spoil(method, () => new Promise(() => undefined));
    const isRead = ['findById', 'list', 'listExpiring'].includes(method);
    await expect(call(tokens, token.id)).rejects.toMatchObject({
      name: 'ApiTokenError',
      code: 'DEADLINE_EXCEEDED',
      field: 'repository',
      message: expect.stringMatching(
        isRead ? /Nothing was changed: try/ : /is not known.*see what is stored/,
      ),
    });
    store.heal(method);
    await call(tokens, token.id);
  });

  it.each(CALLS)('F01 $name that fails tells its caller why', async ({ method, call }) => {
    const { store, tokens, token } = await startFaultyServer();
    for (const failure of [THROWS['throws']!, PROMISES.rejects]) {
      store.spoil(method, failure);
      await expect(call(tokens, token.id)).rejects.toBeInstanceOf(DriverError);
    }
    // After the deadline nobody is left to be told.
    store.spoil(method, PROMISES['rejects after the deadline']);
    await expect(call(tokens, token.id)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await delay(2 * DEADLINE_MS);
    store.heal(method);
    await call(tokens, token.id);
  });

  it.each(CHANGES)(
    '$name whose answer never comes holds at once where it was made',
    async ({ method, call, ended }) => {
      const { store, tokens, token, status } = await startFaultyServer(SLOW);
      expect(await status()).toBe(200);
      const made = new Gate();
      store.spoil(method, async (change) => {
        await change();
        made.open();
        return new Promise(() => undefined);
      });
      const rejected = call(tokens, token.id).catch((error: unknown) => error);
      await made.opened;
      expect(await status()).toBe(ended);
      expect(await rejected).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
      expect(await status()).toBe(ended);
    },
  );

  it.each(CHANGES)(
    '$name whose answer never comes holds from its deadline on, where a request came before it was made',
    async ({ method, call, ended }) => {
      const { store, tokens, token, status } = await startFaultyServer(SLOW);
      const gate = new Gate();
      store.spoil(method, async (change) => {
        await gate.opened;
        await change();
        return new Promise(() => undefined);
      });
      const rejected = call(tokens, token.id).catch((error: unknown) => error);
      expect(await status()).toBe(200);
      gate.open();
      expect(await rejected).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
      expect(await status()).toBe(ended);
    },
  );

  it.each(CHANGES)(
    '$name that is made after its deadline holds from then on',
    async ({ method, call, ended }) => {
      const { store, tokens, token, status } = await startFaultyServer();
      const gate = new Gate();
      store.spoil(method, async (change) => {
        await gate.opened;
        return change();
      });
      await expect(call(tokens, token.id)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
      expect(await status()).toBe(200);
      gate.open();
      // The change is made, and this process told of it, within the same turn.
      await delay(1);
      expect(await status()).toBe(ended);
    },
  );

  it('F08 a token whose issue was never answered is a row that can be removed, and no secret', async () => {
    const { store, tokens, token, status } = await startFaultyServer({
      token: { prefix: 'acme', maxPerOwner: 2 },
    });
    store.spoil('insert', async (insert) => {
      await insert();
      return new Promise(() => undefined);
    });
    await expect(tokens.issue(everything)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    store.heal('insert');
    await expect(tokens.issue(everything)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    const orphan = (await tokens.list({ ownerId: 'grumpy' })).find(({ id }) => id !== token.id);
    await tokens.remove(orphan!.id);
    const { secret } = await tokens.issue(everything);
    expect(await status(secret)).toBe(200);
  });

  it.each([undefined, null, true, 'ok', {}])(
    'a store that answers an insertion or a rotation with %j has not issued a token',
    async (answer) => {
      const { store, tokens, token } = await startFaultyServer();
      store.spoil('insert', async () => answer);
      store.spoil('rotate', async () => answer);
      for (const call of [
        () => tokens.issue(everything),
        () => tokens.import({ ...everything, secret: newSecret() }),
        () => tokens.rotate(token.id),
      ]) {
        await expect(call()).rejects.toThrow('testApiTokenStore()');
      }
    },
  );

  it('a store that answers with the same page for ever is not asked for ever', async () => {
    const { store, tokens, token } = await startFaultyServer();
    const stored = { ...(await store.findById(token.id))!, expiresAt: SOON.until };
    let pages = 0;
    store.spoil('listExpiring', async () => {
      pages += 1;
      return pages > 10 ? [] : Array.from({ length: 500 }, () => stored);
    });
    await expect(tokens.announceExpiring(SOON)).rejects.toThrow('the same page twice');
  });
});
