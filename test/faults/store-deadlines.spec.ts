import { describe, expect, it } from '@jest/globals';
import { type ApiTokenService, InMemoryApiTokenStore } from 'nestjs-api-token';
import { newServices } from '../support/services.js';
import { everything } from '../support/tokens.js';

const READ = 'The store did not answer within 20 ms. Nothing was changed: try again.';
const WRITE =
  'The store did not answer within 20 ms. ' +
  'Whether the change was made is not known, and it may still be: see what is stored, then try again.';

/** Does what it is told and forgets to answer, where a test wants it so. */
class SilentStore extends InMemoryApiTokenStore {
  readonly silent = new Set<string>();

  constructor() {
    super();
    return new Proxy(this, {
      get: (store, name) => {
        const member: unknown = Reflect.get(store, name, store);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          const answer: unknown = Reflect.apply(member, store, args);
          return store.silent.has(String(name)) ? new Promise(() => undefined) : answer;
        };
      },
    });
  }
}

type Call = (tokens: ApiTokenService, id: string) => Promise<unknown>;

describe('F02 a store that does not answer in time', () => {
  it.each<[string, Call, string]>([
    ['findById', (tokens, id) => tokens.find(id), READ],
    ['list', (tokens) => tokens.list({ ownerId: 'grumpy' }), READ],
    ['listExpiring', (tokens) => tokens.announceExpiring({ from: new Date(0), until: new Date(1) }), READ],
    ['insert', (tokens) => tokens.issue(everything), WRITE],
    ['insert', (tokens) => tokens.import({ ...everything, digest: `k:${'x'.repeat(43)}` }), WRITE],
    ['update', (tokens, id) => tokens.pause(id), WRITE],
    ['rotate', (tokens, id) => tokens.rotate(id), WRITE],
    ['revoke', (tokens, id) => tokens.revoke(id), WRITE],
    ['revokeMany', (tokens) => tokens.revokeMany({ all: true }), WRITE],
    ['remove', (tokens, id) => tokens.remove(id), WRITE],
    ['prune', (tokens) => tokens.prune({ before: new Date() }), WRITE],
  ])('to %s is told of, and what to do', async (method, call, message) => {
    const { tokens, store } = newServices({
      store: new SilentStore(),
      timeouts: { managementMs: 20 },
    });
    const { token } = await tokens.issue(everything);
    store.silent.add(method);
    await expect(call(tokens, token.id)).rejects.toMatchObject({
      name: 'ApiTokenError',
      code: 'DEADLINE_EXCEEDED',
      field: 'repository',
      message,
    });
  });

  it.each<[string, Call, string]>([
    ['update', (tokens, id) => tokens.pause(id), 'paused'],
    ['rotate', (tokens, id) => tokens.rotate(id), 'rotated'],
    ['revoke', (tokens, id) => tokens.revoke(id), 'revoked'],
    ['revokeMany', (tokens) => tokens.revokeMany({ all: true }), 'revoked'],
    ['remove', (tokens, id) => tokens.remove(id), 'unknown'],
    ['prune', (tokens) => tokens.prune({ before: new Date() }), 'unknown'],
  ])('K01 to %s hides no change that it made, before the deadline and after', async (method, call, state) => {
    const { tokens, store, authenticate } = newServices({
      store: new SilentStore(),
      timeouts: { managementMs: 100 },
    });
    const { token, secret } = await tokens.issue({ ...everything, expiresAt: new Date(7e12) });
    expect(await authenticate(secret)).toBe('ok');
    // Behind the service's back, so that the token is one to prune and is kept as valid.
    if (method === 'prune') await store.update(token.id, { expiresAt: new Date(1) });
    store.silent.add(method);
    const changing = call(tokens, token.id).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await authenticate(secret)).toBe(state);
    await changing;
    expect(await authenticate(secret)).toBe(state);
  });

  it('passes on what the store throws, and forgets all the same', async () => {
    const { tokens, store, authenticate } = newServices();
    const { token, secret } = await tokens.issue(everything);
    expect(await authenticate(secret)).toBe('ok');
    store.update = async (id, changes) => {
      await InMemoryApiTokenStore.prototype.update.call(store, id, changes);
      throw new TypeError('The connection was lost.');
    };
    await expect(tokens.pause(token.id)).rejects.toThrow(new TypeError('The connection was lost.'));
    expect(await authenticate(secret)).toBe('paused');
  });

  it('K01 may answer late: what was read meanwhile is forgotten then', async () => {
    const { tokens, store, authenticate } = newServices({ timeouts: { managementMs: 20 } });
    const { token, secret } = await tokens.issue(everything);
    let answer = (): void => undefined;
    const late = new Promise<void>((resolve) => (answer = resolve));
    store.revoke = async (...args) => {
      await late;
      return InMemoryApiTokenStore.prototype.revoke.apply(store, args);
    };
    await expect(tokens.revoke(token.id)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(await authenticate(secret)).toBe('ok');
    answer();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await authenticate(secret)).toBe('revoked');
  });
});
