import { strict as assert } from 'node:assert';
import { assertAbsent } from '../assertions.js';
import { insertNew, newDigest, newOwner, newToken } from '../fixtures.js';
import type { StoreCase } from '../store-case.js';

const AT = new Date('2026-11-22T10:00:00.000Z');

/** A quota holds, and counts what it should. */
export const quotaCases: readonly StoreCase[] = [
  {
    title: 'A11 lets an owner have exactly 10 of 50 tokens that are inserted at once with a quota of 10',
    run: async (store) => {
      // Several times: a store without a lock may be lucky once.
      for (let round = 0; round < 5; round += 1) {
        const ownerId = newOwner();
        const insert = () => store.insert(newToken({ ownerId }), newDigest(), { limit: 10, at: AT });
        const answers = await Promise.all(Array.from({ length: 50 }, insert));
        assert.equal(answers.filter((answer) => answer === 'inserted').length, 10);
        assert.equal(answers.filter((answer) => answer === 'quota-exceeded').length, 40);
        assert.equal((await store.list(ownerId, { after: null, limit: 100 })).length, 10);
      }
    },
  },
  {
    title: 'A11 keeps nothing of a token that exceeds the quota',
    run: async (store) => {
      const { token } = await insertNew(store);
      const refused = newToken({ ownerId: token.ownerId });
      const digest = newDigest();
      assert.equal(await store.insert(refused, digest, { limit: 1, at: AT }), 'quota-exceeded');
      await assertAbsent(store, refused.id, digest);
      assert.equal(await store.insert(refused, digest, { limit: 2, at: AT }), 'inserted');
    },
  },
  {
    title:
      'A11 does not count tokens that are ended or expired, to the millisecond, nor those of other owners',
    run: async (store) => {
      const ownerId = newOwner();
      await insertNew(store);
      await insertNew(store, { ownerId, invalidatedAt: AT });
      await insertNew(store, { ownerId, expiresAt: new Date(AT.getTime() - 1) });
      await insertNew(store, { ownerId, expiresAt: AT });
      const insert = () => store.insert(newToken({ ownerId }), newDigest(), { limit: 1, at: AT });
      assert.equal(await insert(), 'inserted');
      assert.equal(await insert(), 'quota-exceeded');
    },
  },
  {
    title:
      'A11 counts tokens that are paused, that are not valid yet, that expire later, and that never expire',
    run: async (store) => {
      const ownerId = newOwner();
      await insertNew(store, { ownerId, pausedAt: AT });
      await insertNew(store, { ownerId, notBefore: new Date('2030-01-01T00:00:00.000Z') });
      await insertNew(store, { ownerId, expiresAt: new Date(AT.getTime() + 1) });
      await insertNew(store, { ownerId, expiresAt: null });
      const insert = (limit: number) => store.insert(newToken({ ownerId }), newDigest(), { limit, at: AT });
      assert.equal(await insert(4), 'quota-exceeded');
      assert.equal(await insert(5), 'inserted');
    },
  },
  {
    title: 'A11 has room again where a token was ended or removed, and none at all where the limit is 0',
    run: async (store) => {
      const ownerId = newOwner();
      const insert = (limit: number) => store.insert(newToken({ ownerId }), newDigest(), { limit, at: AT });
      assert.equal(await insert(0), 'quota-exceeded');
      const ended = await insertNew(store, { ownerId });
      const removed = await insertNew(store, { ownerId });
      assert.equal(await insert(2), 'quota-exceeded');
      await store.invalidate(ended.token.id, AT, 'lost');
      await store.remove(removed.token.id);
      assert.equal(await insert(2), 'inserted');
      assert.equal(await insert(2), 'inserted');
      assert.equal(await insert(2), 'quota-exceeded');
    },
  },
];
