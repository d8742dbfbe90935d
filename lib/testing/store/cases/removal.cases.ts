import { strict as assert } from 'node:assert';
import { assertAbsent, assertKept, assertUnknown } from '../assertions.js';
import { HINT, insertNew, newDigest, newToken } from '../fixtures.js';
import type { StoreCase } from '../store-case.js';

const BEFORE = new Date('2020-06-01T00:00:00.000Z');
const JUST_BEFORE = new Date(BEFORE.getTime() - 1);
const LATER = new Date('2050-01-01T00:00:00.000Z');

/** Tokens go with their secrets, and only those that should. */
export const removalCases: readonly StoreCase[] = [
  {
    title: 'removes a token with all of its secrets, once, and no other token',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      const other = await insertNew(store, { ownerId: token.ownerId });
      const rotated = newDigest();
      await store.rotate(token.id, rotated, LATER, HINT);
      assert.equal(await store.remove(token.id), true);
      await assertAbsent(store, token.id, digest);
      await assertUnknown(store, rotated);
      assert.equal(await store.remove(token.id), false);
      await assertKept(store, other.token, other.digest);
    },
  },
  {
    title: 'has the digests of a removed token free again',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      await store.remove(token.id);
      const next = newToken();
      assert.equal(await store.insert(next, digest, null), 'inserted');
      await assertKept(store, next, digest);
    },
  },
  {
    title: 'tells one of many who remove a token at once that it was there',
    run: async (store) => {
      const { token } = await insertNew(store);
      const answers = await Promise.all(Array.from({ length: 10 }, () => store.remove(token.id)));
      assert.equal(answers.filter(Boolean).length, 1);
    },
  },
  {
    title: 'prunes tokens that were ended or expired before a time, not at it, and counts each once',
    run: async (store) => {
      await store.prune(BEFORE);
      const past = [
        await insertNew(store, { revokedAt: JUST_BEFORE }),
        await insertNew(store, { expiresAt: JUST_BEFORE }),
        await insertNew(store, { revokedAt: JUST_BEFORE, expiresAt: JUST_BEFORE }),
        await insertNew(store, { revokedAt: JUST_BEFORE, expiresAt: LATER }),
      ];
      const present = [
        await insertNew(store, { revokedAt: BEFORE }),
        await insertNew(store, { expiresAt: BEFORE }),
        await insertNew(store, { expiresAt: null }),
        await insertNew(store, { pausedAt: JUST_BEFORE, createdAt: JUST_BEFORE, lastUsedAt: JUST_BEFORE }),
      ];
      assert.equal(await store.prune(BEFORE), 4);
      for (const { token, digest } of past) await assertAbsent(store, token.id, digest);
      for (const { token, digest } of present) await assertKept(store, token, digest);
      assert.equal(await store.prune(BEFORE), 0);
    },
  },
  {
    title:
      'prunes rotated secrets that were rejected from before a time on, not from it on, and does not count them',
    run: async (store) => {
      await store.prune(BEFORE);
      const past = await insertNew(store);
      const present = await insertNew(store);
      const [first, second] = [newDigest(), newDigest()];
      await store.rotate(past.token.id, first, JUST_BEFORE, HINT);
      await store.rotate(present.token.id, second, BEFORE, HINT);
      assert.equal(await store.prune(BEFORE), 0);
      await assertUnknown(store, past.digest);
      await assertKept(store, past.token, first);
      await assertKept(store, present.token, present.digest, BEFORE);
      await assertKept(store, present.token, second);
    },
  },
];
