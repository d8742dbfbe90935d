import { strict as assert } from 'node:assert';
import { assertAbsent, assertKept, assertUnknown, findRecord, idsOf } from '../assertions.js';
import { HINT, insertNew, newDigest, newOwner, newToken } from '../fixtures.js';
import type { StoreCase } from '../store-case.js';

/** What a database may take for the same text: by case, by accent, by the way an accent is written, by a space at the end. */
const ALIKE = ['Zoe', 'zoe', 'ZOE', 'Zoé', 'Zoe\u0301', 'Zoe ', 'Zoe  ', ' Zoe'];

/** What finds a token, and what does not. */
export const lookUpCases: readonly StoreCase[] = [
  {
    title: 'answers null to an ID that no token has, whatever it looks like',
    run: async (store) => {
      for (const id of [newToken().id, '', 'nobody', "'; --", '🦉', 'x'.repeat(300)]) {
        assert.equal(await store.findById(id), null);
        assert.equal(await store.update(id, { note: 'changed' }), null);
        assert.equal(await store.revoke(id, new Date(), 'gone'), null);
        assert.equal(await store.remove(id), false);
      }
    },
  },
  {
    title: 'tells IDs apart by case, hyphens, braces and spaces, whatever is done to a token',
    run: async (store) => {
      // With letters and hyphens, and short enough for two braces.
      const { token, digest } = await insertNew(store, { id: `ab${newToken().id.slice(8)}` });
      const { id } = token;
      for (const other of [id.toUpperCase(), id.replaceAll('-', ''), `{${id}}`, `${id} `, ` ${id}`]) {
        assert.equal(await store.findById(other), null, `findById() finds the token by ${other}.`);
        assert.equal(await store.update(other, { note: 'changed' }), null);
        assert.equal(await store.revoke(other, new Date(), 'gone'), null);
        assert.equal(await store.rotate(other, newDigest(), new Date(), HINT), 'not-found');
        await store.recordUses(new Map([[other, new Date()]]));
        assert.equal(await store.remove(other), false);
      }
      await assertKept(store, token, digest);
    },
  },
  {
    title: 'finds nothing for an unknown digest, and nothing for no digests',
    run: async (store) => {
      await insertNew(store);
      await assertUnknown(store, newDigest());
      assert.equal((await store.findByDigest([])) ?? null, null);
    },
  },
  {
    title: 'finds a token by any of several digests, and says which one it was',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      for (const digests of [
        [digest, newDigest(), newDigest()],
        [newDigest(), digest, newDigest()],
        [newDigest(), newDigest(), digest],
        [digest, digest],
      ]) {
        const record = await store.findByDigest(digests);
        assert.equal(record?.id, token.id);
        assert.equal(record.digest, digest);
      }
    },
  },
  {
    title: 'tells digests apart by case, accents and trailing spaces',
    run: async (store) => {
      const stem = newDigest();
      const [first, ...others] = ALIKE.map((ending) => `${stem}${ending}`);
      assert.ok(first);
      const token = newToken();
      await store.insert(token, first, null);
      for (const other of others) {
        await assertUnknown(store, other);
        const another = newToken();
        assert.equal(await store.insert(another, other, null), 'inserted');
        assert.equal((await findRecord(store, other))?.id, another.id);
      }
      await assertKept(store, token, first);
    },
  },
  {
    title:
      'tells owners apart by case, accents and trailing spaces, also in quotas and where tokens are ended',
    run: async (store) => {
      const stem = newOwner();
      const tokens = ALIKE.map((ending) => newToken({ ownerId: `${stem}${ending}` }));
      const quota = { limit: 1, at: new Date() };
      for (const token of tokens) assert.equal(await store.insert(token, newDigest(), quota), 'inserted');
      for (const { id, ownerId } of tokens) {
        assert.deepEqual(idsOf(await store.list(ownerId, { after: null, limit: 100 })), [id]);
        assert.equal(await store.revokeMany({ owners: [ownerId] }, new Date(), 'left'), 1);
      }
    },
  },
  {
    title: 'keeps to what it is asked for: no pattern or quote in an owner finds more',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      for (const ownerId of ['%', '_', '', "' OR '1'='1", '"', '\\', token.ownerId.slice(0, -1)]) {
        const ids = idsOf(await store.list(ownerId, { after: null, limit: 1_000 }));
        assert.ok(!ids.includes(token.id), `The owner ${JSON.stringify(ownerId)} has the token of another.`);
      }
      await assertAbsent(store, '%', '%');
      await assertKept(store, token, digest);
    },
  },
];
