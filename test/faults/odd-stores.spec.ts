import { describe, expect, it } from '@jest/globals';
import { InMemoryApiTokenStore } from 'nestjs-api-token';
import { newServices } from '../support/services.js';
import { everything } from '../support/tokens.js';

describe('a store that forgets what it has to answer', () => {
  class ForgetfulStore extends InMemoryApiTokenStore {
    override async update() {
      return null;
    }
    override async revoke() {
      return null;
    }
  }

  it('is not believed: what is there is answered, or that nothing is', async () => {
    const { tokens, store } = newServices({ store: new ForgetfulStore() });
    const { token } = await tokens.issue(everything);
    expect(await tokens.update(token.id, { note: 'n' })).toEqual(token);
    expect(await tokens.revoke(token.id)).toEqual(token);
    store.update = async () => {
      await store.remove(token.id);
      return null;
    };
    await expect(tokens.pause(token.id)).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
  });

  it.each([
    ['undefined', undefined],
    ['object', null],
    ['boolean', true],
    ['another text', 'ok'],
    ['object', {}],
  ])('is told what it answered to insert() and rotate(): %s', async (what, answer) => {
    const { tokens, store } = newServices();
    const { token } = await tokens.issue(everything);
    store.insert = async () => answer as never;
    store.rotate = async () => answer as never;
    const message =
      `The store answered insert() or rotate() with ${what}, so that nothing is known of it. ` +
      'testApiTokenStore() of nestjs-api-token/testing shows what it has to answer.';
    await expect(tokens.issue(everything)).rejects.toThrow(message);
    await expect(tokens.rotate(token.id)).rejects.toThrow(message);
    await expect(tokens.import({ ...everything, digest: `k1:${'x'.repeat(43)}` })).rejects.toThrow(message);
    store.rotate = async () => 'not-found';
    await expect(tokens.rotate(token.id)).rejects.toMatchObject({
      code: 'TOKEN_NOT_FOUND',
      field: 'id',
      message: 'There is no token with this ID.',
    });
  });

  it('that takes every secret is asked five times', async () => {
    const { tokens, store } = newServices();
    let asked = 0;
    store.insert = async () => {
      asked += 1;
      return 'digest-taken';
    };
    await expect(tokens.issue(everything)).rejects.toThrow(
      'The store said 5 times that a new secret of 256 random bits is taken already.',
    );
    expect(asked).toBe(5);
  });

  it('that answers one page of a list for ever is found out', async () => {
    const pages: unknown[] = [];
    const source = newServices();
    const { id } = (await source.tokens.issue({ ...everything, lifetimeMs: 1_000 })).token;
    const token = (await source.store.findById(id))!;
    class StuckStore extends InMemoryApiTokenStore {
      override async listExpiring(...args: Parameters<InMemoryApiTokenStore['listExpiring']>) {
        pages.push(args[2]);
        return Array.from({ length: 500 }, () => token);
      }
    }
    const { tokens, events } = newServices({ store: new StuckStore() });
    const window = { from: new Date(0), until: token.expiresAt! };
    await expect(tokens.announceExpiring(window)).rejects.toThrow(
      'The store answered listExpiring() with the same page twice.',
    );
    expect(pages).toEqual([
      { after: null, limit: 500 },
      { after: id, limit: 500 },
    ]);
    expect(events).toHaveLength(1_000);
  });
});
