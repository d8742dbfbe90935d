import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ApiTokenModuleOptions,
  type ApiTokenService,
  type ApiTokenStore,
  InMemoryApiTokenStore,
} from 'nestjs-api-token';
import { Gate } from '../support/eventually.js';
import { DEADLINE_MS, DriverError, FaultyStore, PROMISES, THROWS } from '../support/faults.js';
import { newServices } from '../support/services.js';
import { everything, foreignSecret } from '../support/tokens.js';

const SOON = { from: new Date(), until: new Date(Date.now() + 1_000) };
const WRITE_ONLY = { resources: { '*': { allow: ['POST'], block: ['*'] } } } as const;

/** Leaves a busy machine the time to authenticate before the deadline. */
const SLOW = { timeouts: { managementMs: 150 } };

const READ = `The store did not answer within ${DEADLINE_MS} ms. Nothing was changed: try again.`;
const WRITE =
  `The store did not answer within ${DEADLINE_MS} ms. ` +
  'Whether the change was made is not known, and it may still be: see what is stored, then try again.';

/** What a secret may do. */
type Access = 'allowed' | 'denied' | 'rejected';

interface Call {
  readonly name: string;
  /** What the store is asked for last. */
  readonly method: keyof ApiTokenStore;
  readonly call: (tokens: ApiTokenService, id: string) => Promise<unknown>;
}

/** What ends or limits a token, with what its secret may do then. */
const CHANGES: readonly (Call & { readonly ended: Access })[] = [
  { name: 'K01 revoke', method: 'revoke', call: (tokens, id) => tokens.revoke(id), ended: 'rejected' },
  {
    name: 'K01 revokeMany',
    method: 'revokeMany',
    call: (tokens) => tokens.revokeMany({ all: true }),
    ended: 'rejected',
  },
  {
    name: 'K04 update',
    method: 'update',
    call: (tokens, id) => tokens.update(id, { policy: WRITE_ONLY }),
    ended: 'denied',
  },
  { name: 'pause', method: 'update', call: (tokens, id) => tokens.pause(id), ended: 'rejected' },
  { name: 'rotate', method: 'rotate', call: (tokens, id) => tokens.rotate(id), ended: 'rejected' },
  { name: 'remove', method: 'remove', call: (tokens, id) => tokens.remove(id), ended: 'rejected' },
];

const CALLS: readonly Call[] = [
  ...CHANGES,
  { name: 'issue', method: 'insert', call: (tokens) => tokens.issue(everything) },
  {
    name: 'import',
    method: 'insert',
    call: (tokens) => tokens.import({ ...everything, secret: foreignSecret() }),
  },
  { name: 'find', method: 'findById', call: (tokens, id) => tokens.find(id) },
  { name: 'list', method: 'list', call: (tokens) => tokens.list({ ownerId: 'grumpy' }) },
  { name: 'resume', method: 'update', call: (tokens, id) => tokens.resume(id) },
  { name: 'prune', method: 'prune', call: (tokens) => tokens.prune({ before: new Date() }) },
  { name: 'announceExpiring', method: 'listExpiring', call: (tokens) => tokens.announceExpiring(SOON) },
];

/** Services whose store can be made to misbehave, and a token that may do everything. */
async function start(overrides: Partial<ApiTokenModuleOptions> = {}) {
  const services = newServices({
    store: new FaultyStore(),
    timeouts: { managementMs: DEADLINE_MS },
    ...overrides,
  });
  const { authenticator, evaluator, tokens } = services;
  const { token, secret } = await tokens.issue(everything);
  const access = async (sent = secret): Promise<Access> => {
    const answer = await authenticator.authenticate(sent);
    if (!answer.ok) return 'rejected';
    return evaluator.compiled(answer.token).allows('project', 'GET', '1') ? 'allowed' : 'denied';
  };
  return { ...services, token, secret, access };
}

describe('managing tokens, while the store fails', () => {
  it.each(CALLS)('F02 $name that hangs ends at its deadline and says so', async ({ method, call }) => {
    const { store, tokens, token } = await start();
    store.spoil(method, () => new Promise(() => undefined));
    const isRead = ['findById', 'list', 'listExpiring'].includes(method);
    await expect(call(tokens, token.id)).rejects.toMatchObject({
      name: 'ApiTokenError',
      code: 'DEADLINE_EXCEEDED',
      field: 'repository',
      message: isRead ? READ : WRITE,
    });
    store.heal(method);
    await call(tokens, token.id);
  });

  it.each(CALLS)('F01 $name that fails tells its caller why', async ({ method, call }) => {
    const { store, tokens, token } = await start();
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
      const { store, tokens, token, access } = await start(SLOW);
      expect(await access()).toBe('allowed');
      const made = new Gate();
      store.spoil(method, async (change) => {
        await change();
        made.open();
        return new Promise(() => undefined);
      });
      const rejected = call(tokens, token.id).catch((error: unknown) => error);
      await made.opened;
      expect(await access()).toBe(ended);
      expect(await rejected).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
      expect(await access()).toBe(ended);
    },
  );

  it.each(CHANGES)(
    '$name whose answer never comes holds from its deadline on, where a request came before it was made',
    async ({ method, call, ended }) => {
      const { store, tokens, token, access } = await start(SLOW);
      const gate = new Gate();
      store.spoil(method, async (change) => {
        await gate.opened;
        await change();
        return new Promise(() => undefined);
      });
      const rejected = call(tokens, token.id).catch((error: unknown) => error);
      expect(await access()).toBe('allowed');
      gate.open();
      expect(await rejected).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
      expect(await access()).toBe(ended);
    },
  );

  it.each(CHANGES)(
    '$name that is made after its deadline holds from then on',
    async ({ method, call, ended }) => {
      const { store, tokens, token, access } = await start();
      const gate = new Gate();
      store.spoil(method, async (change) => {
        await gate.opened;
        return change();
      });
      await expect(call(tokens, token.id)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
      expect(await access()).toBe('allowed');
      gate.open();
      // The change is made, and this process told of it, within the same turn.
      await delay(1);
      expect(await access()).toBe(ended);
    },
  );

  it('F08 a token whose issue was never answered is a row that can be removed, and no secret', async () => {
    const { store, tokens, token, access } = await start({
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
    expect(await access(secret)).toBe('allowed');
  });

  it('K01 prune whose answer never comes holds at once where it was made', async () => {
    const { store, tokens, token, secret, authenticate } = await start(SLOW);
    await tokens.update(token.id, { expiresAt: new Date(7e12) });
    expect(await authenticate(secret)).toBe('ok');
    // Behind the service's back, so that the token is one to prune and is kept as valid.
    await store.update(token.id, { expiresAt: new Date(1) });
    const made = new Gate();
    store.spoil('prune', async (change) => {
      await change();
      made.open();
      return new Promise(() => undefined);
    });
    const rejected = tokens.prune({ before: new Date() }).catch((error: unknown) => error);
    await made.opened;
    expect(await authenticate(secret)).toBe('unknown');
    expect(await rejected).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(await authenticate(secret)).toBe('unknown');
  });

  it('a change that the store makes and throws over is told as it is thrown, and holds at once', async () => {
    const { store, tokens, token, secret, authenticate } = await start();
    expect(await authenticate(secret)).toBe('ok');
    store.update = async (id, changes) => {
      await InMemoryApiTokenStore.prototype.update.call(store, id, changes);
      throw new TypeError('The connection was lost.');
    };
    await expect(tokens.pause(token.id)).rejects.toThrow(new TypeError('The connection was lost.'));
    expect(await authenticate(secret)).toBe('paused');
  });
});
