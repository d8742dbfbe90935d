import { describe, expect, it, jest } from '@jest/globals';
import type { ApiTokenRecord } from 'nestjs-api-token';
import { startTokenServer } from '../support/token-server.js';
import { eventually } from '../support/eventually.js';
import { CountingStore, everything } from '../support/tokens.js';

// Many requests, and the machine may be busy.
jest.setTimeout(60_000);

describe('a store that fails beside the look-up', () => {
  it('F05 records the last use without a write per request, and loses none when it is stopped', async () => {
    const { app, tokens, store, time, status } = await startTokenServer('Express');
    const { token, secret } = await tokens.issue(everything);
    let writes = 0;
    const recordUses = store.recordUses.bind(store);
    store.recordUses = (uses) => {
      writes += 1;
      return recordUses(uses);
    };
    for (let request = 0; request < 5; request += 1) {
      time.now += 10;
      await status(secret);
    }
    expect(writes).toBe(0);
    await app.close();
    expect(writes).toBe(1);
    expect((await store.findById(token.id))?.lastUsedAt).toEqual(new Date(time.now));
  });

  it('F05 a last use that can not be written harms nobody and is tried again', async () => {
    const { tokens, store, status, events } = await startTokenServer('Express', {
      lastUsed: { flushMs: 10 },
    });
    const { token, secret } = await tokens.issue(everything);
    const recordUses = store.recordUses.bind(store);
    store.recordUses = () => Promise.reject(new Error('connection lost'));
    expect(await status(secret)).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(events).toContainEqual(expect.objectContaining({ type: 'faulted', component: 'repository' }));
    store.recordUses = recordUses;
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect((await store.findById(token.id))?.lastUsedAt).toBeInstanceOf(Date);
  });

  it('F05 lastUsed: false records none', async () => {
    const { app, tokens, store, status } = await startTokenServer('Express', { lastUsed: false });
    const { token, secret } = await tokens.issue(everything);
    await status(secret);
    await app.close();
    expect((await store.findById(token.id))?.lastUsedAt).toBeNull();
  });

  it('F07 where every look-up hangs, requests are rejected in time, and served again when it is over', async () => {
    class PooledStore extends CountingStore {
      isExhausted = false;

      override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
        const answer = this.isExhausted ? new Promise(() => undefined) : super.findByDigest(digests);
        return answer as ApiTokenRecord | null;
      }
    }
    const store = new PooledStore();
    const { tokens, status } = await startTokenServer(
      'Express',
      { timeouts: { lookupMs: 50 }, cache: false },
      store,
    );
    const issued = await Promise.all(Array.from({ length: 20 }, () => tokens.issue(everything)));
    const statuses = async () =>
      Promise.all(
        Array.from({ length: 1_000 }, (_, request) => status(issued[request % issued.length]!.secret)),
      );
    store.isExhausted = true;
    expect(new Set(await statuses())).toEqual(new Set([503]));
    store.isExhausted = false;
    // Those that are never answered count for a while: one look-up a second tries whether there are answers again.
    await eventually(async () => expect(await status(issued[0]!.secret)).toBe(200), 5_000);
    expect(new Set(await statuses())).toEqual(new Set([200]));
  });

  it('F09 a rotation that fails leaves the old secret as it was', async () => {
    const { tokens, store, status } = await startTokenServer('Express');
    const { token, secret } = await tokens.issue(everything);
    store.rotate = () => Promise.reject(new Error('connection lost'));
    await expect(tokens.rotate(token.id)).rejects.toThrow('connection lost');
    expect(await status(secret)).toBe(200);
  });
});
