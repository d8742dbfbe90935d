import { assertKept, assertUnknown } from '../assertions.js';
import { HINT, insertNew, newDigest } from '../fixtures.js';
import type { StoreCase } from '../store-case.js';

const RETIRE_AT = new Date('2026-12-01T12:00:00.001Z');

/** A secret can be kept under a digest that was made with another key. */
export const replaceDigestCases: readonly StoreCase[] = [
  {
    title: 'finds a token under the new digest only, and changes nothing else of it',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      const replacement = newDigest();
      await store.replaceDigest(digest, replacement);
      await assertUnknown(store, digest);
      await assertKept(store, token, replacement, null);
    },
  },
  {
    title: 'leaves the end of a rotated secret as it is, and the other secrets too',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      const [rotated, replacement] = [newDigest(), newDigest()];
      await store.rotate(token.id, rotated, RETIRE_AT, HINT);
      await store.replaceDigest(digest, replacement);
      await assertUnknown(store, digest);
      await assertKept(store, token, replacement, RETIRE_AT);
      await assertKept(store, token, rotated, null);
    },
  },
  {
    title: 'does nothing for a digest that is not there',
    run: async (store) => {
      const replacement = newDigest();
      await store.replaceDigest(newDigest(), replacement);
      await assertUnknown(store, replacement);
    },
  },
  {
    title: 'does nothing, and does not fail, where the new digest is there already',
    run: async (store) => {
      const first = await insertNew(store);
      const second = await insertNew(store);
      await store.replaceDigest(first.digest, second.digest);
      await store.replaceDigest(first.digest, first.digest);
      await assertKept(store, first.token, first.digest);
      await assertKept(store, second.token, second.digest);
    },
  },
  {
    title: 'replaces a digest once where many ask for it at once',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      const replacement = newDigest();
      await Promise.all(Array.from({ length: 20 }, () => store.replaceDigest(digest, replacement)));
      await assertUnknown(store, digest);
      await assertKept(store, token, replacement);
    },
  },
];
