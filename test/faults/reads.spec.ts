import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { Gate } from '../support/eventually.js';
import { DriverError, startFaultyServer } from '../support/faults.js';

describe('reads that many wait for', () => {
  it('F07 a failed read is not kept, and 100 requests at once share it', async () => {
    const { store, status } = await startFaultyServer({ timeouts: { lookupMs: 1_000 } });
    store.answer = async () => {
      await delay(100);
      throw new DriverError();
    };
    const statuses = await Promise.all(Array.from({ length: 100 }, () => status()));
    expect(new Set(statuses)).toEqual(new Set([503]));
    expect(store.reads).toBeLessThan(10);
    store.answer = null;
    expect(await status()).toBe(200);
  });

  it('K08 100 requests at once with a token that is not kept make one read', async () => {
    const { store, status } = await startFaultyServer({ timeouts: { lookupMs: 1_000 } });
    store.answer = (record) => delay(20, record);
    const statuses = await Promise.all(Array.from({ length: 100 }, () => status()));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(store.reads).toBe(1);
  });

  it('K14 a read that was under way when the token ended does not bring it back', async () => {
    const { store, tokens, token, status } = await startFaultyServer({
      timeouts: { lookupMs: 1_000 },
    });
    const [asked, gate] = [new Gate(), new Gate()];
    store.answer = async (record) => {
      asked.open();
      await gate.opened;
      return record;
    };
    const early = status();
    await asked.opened;
    await tokens.revoke(token.id);
    gate.open();
    await early;
    store.answer = null;
    expect(await status()).toBe(401);
  });

  it('an answer that comes after the deadline is dropped', async () => {
    const { store, status } = await startFaultyServer();
    store.answer = (record) => delay(60, record);
    expect(await status()).toBe(503);
    await delay(60);
    store.answer = () => null;
    expect(await status()).toBe(401);
  });
});
