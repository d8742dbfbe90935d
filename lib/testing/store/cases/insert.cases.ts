import { strict as assert } from 'node:assert';
import { assertKept, assertUnknown, findRecord, idsOf } from '../assertions.js';
import { HINT, insertNew, newDigest, newToken } from '../fixtures.js';
import type { StoreCase } from '../store-case.js';

const RIVALS = 50;

/** An insert holds wholly or not at all, and a digest is one token's. */
export const insertCases: readonly StoreCase[] = [
  {
    title: 'rejects a digest that is taken, keeps nothing of the token, and leaves the first as it was',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      const second = newToken();
      assert.equal(await store.insert(second, digest, null), 'digest-taken');
      assert.equal(await store.findById(second.id), null);
      assert.deepEqual(await store.list(second.ownerId, { after: null, limit: 10 }), []);
      await assertKept(store, token, digest);
    },
  },
  {
    title: 'rejects the digest of a secret that has been rotated',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      await store.rotate(token.id, newDigest(), new Date('2027-01-01T00:00:00.000Z'), HINT);
      const second = newToken();
      assert.equal(await store.insert(second, digest, null), 'digest-taken');
      assert.equal(await store.findById(second.id), null);
      assert.equal((await findRecord(store, digest))?.id, token.id);
    },
  },
  {
    title: 'fails for an ID that is taken, keeps nothing of the new secret, and leaves the first as it was',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      const unused = newDigest();
      await assert.rejects(store.insert(newToken({ id: token.id }), unused, null));
      await assertUnknown(store, unused);
      await assertKept(store, token, digest);
    },
  },
  {
    title: `lets exactly one of ${RIVALS} have a digest that all want at once, and keeps nothing of the others`,
    run: async (store) => {
      const digest = newDigest();
      const rivals = Array.from({ length: RIVALS }, () => newToken());
      const answers = await Promise.all(rivals.map((token) => store.insert(token, digest, null)));
      assert.equal(answers.filter((answer) => answer === 'inserted').length, 1);
      assert.equal(answers.filter((answer) => answer === 'digest-taken').length, RIVALS - 1);
      const kept = (await Promise.all(rivals.map(({ id }) => store.findById(id)))).filter(
        (token) => token !== null,
      );
      assert.deepEqual(idsOf(kept), [(await findRecord(store, digest))?.id]);
    },
  },
  {
    title: `keeps every one of ${RIVALS} tokens that are inserted at once`,
    run: async (store) => {
      const inserted = await Promise.all(Array.from({ length: RIVALS }, () => insertNew(store)));
      for (const { token, digest } of inserted) await assertKept(store, token, digest);
    },
  },
  {
    title: 'leaves the token that holds a digest alone when it is inserted and rejected at once with others',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      const rejected = newToken();
      const fresh = newToken();
      const freshDigest = newDigest();
      const answers = await Promise.all([
        store.insert(rejected, digest, null),
        store.insert(fresh, freshDigest, null),
        store.update(token.id, { note: 'changed meanwhile' }),
      ]);
      assert.deepEqual(answers.slice(0, 2), ['digest-taken', 'inserted']);
      await assertKept(store, { ...token, note: 'changed meanwhile' }, digest);
      await assertKept(store, fresh, freshDigest);
      assert.equal(await store.findById(rejected.id), null);
    },
  },
];
