import { strict as assert } from 'node:assert';
import { assertAbsent, assertKept, assertUnknown } from '../assertions.js';
import { HINT, insertNew, newDigest, newOwner, newToken } from '../fixtures.js';
import type { StoreCase } from '../store-case.js';

const AT = new Date('2026-11-22T10:00:00.001Z');
const RETIRE_AT = new Date('2026-12-01T12:00:00.001Z');

/** What was answered holds, whatever else goes on or fails. */
export const concurrencyCases: readonly StoreCase[] = [
  {
    title: 'keeps every change that it answered while others at once fail or are rejected',
    run: async (store) => {
      const inserted = await Promise.all(Array.from({ length: 10 }, () => insertNew(store)));
      const taken = await insertNew(store);
      const rounds = inserted.map(async ({ token, digest }, index) => {
        const rotated = newDigest();
        const fresh = newToken();
        const freshDigest = newDigest();
        const [isRotated] = await Promise.all([
          store.rotate(token.id, rotated, RETIRE_AT, HINT),
          store.update(token.id, { note: `note ${index}` }),
          store.recordUses(new Map([[token.id, AT]])),
          store.insert(fresh, freshDigest, null),
          store.insert(newToken(), taken.digest, null),
          store.rotate(token.id, taken.digest, AT, HINT),
          assert.rejects(store.insert(newToken({ id: token.id }), newDigest(), null)),
        ]);
        assert.equal(isRotated, 'rotated');
        const expected = { ...token, note: `note ${index}`, lastUsedAt: AT };
        await assertKept(store, expected, digest, RETIRE_AT);
        await assertKept(store, expected, rotated);
        await assertKept(store, fresh, freshDigest);
      });
      await Promise.all(rounds);
      await assertKept(store, taken.token, taken.digest);
    },
  },
  {
    title: 'ends tokens for good while they are rotated, changed, used and looked up at once',
    run: async (store) => {
      const ownerId = newOwner();
      const inserted = await Promise.all(Array.from({ length: 10 }, () => insertNew(store, { ownerId })));
      await Promise.all([
        ...inserted.flatMap(({ token, digest }, index) => [
          store.rotate(token.id, newDigest(), RETIRE_AT, HINT),
          store.update(token.id, { note: `note ${index}`, pausedAt: null }),
          store.recordUses(new Map([[token.id, AT]])),
          store.findByDigest([digest]),
        ]),
        ...inserted.slice(0, 5).map(({ token }) => store.revoke(token.id, AT, 'left')),
        store.revokeMany({ owners: [ownerId] }, AT, 'left'),
        store.list(ownerId, { after: null, limit: 100 }),
      ]);
      for (const [index, { token, digest }] of inserted.entries()) {
        const ended = { revokedAt: AT, revocationReason: 'left' };
        await assertKept(
          store,
          { ...token, ...ended, note: `note ${index}`, lastUsedAt: AT },
          digest,
          RETIRE_AT,
        );
      }
    },
  },
  {
    title: 'leaves no secret of a token that is removed while it is rotated',
    run: async (store) => {
      const inserted = await Promise.all(Array.from({ length: 10 }, () => insertNew(store)));
      await Promise.all(
        inserted.map(async ({ token, digest }) => {
          const [rotated, replacement] = [newDigest(), newDigest()];
          const [answer, isRemoved] = await Promise.all([
            store.rotate(token.id, rotated, RETIRE_AT, HINT),
            store.remove(token.id),
            store.replaceDigest(digest, replacement),
          ]);
          assert.notEqual(answer, 'digest-taken');
          assert.equal(isRemoved, true);
          await assertAbsent(store, token.id, rotated);
          await assertAbsent(store, token.id, digest);
          await assertUnknown(store, replacement);
        }),
      );
    },
  },
  {
    title: 'shows nobody a change that is undone',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      const taken = await insertNew(store);
      const lookAgain = async () => {
        for (let look = 0; look < 20; look += 1) await assertKept(store, token, digest, null);
      };
      const [answer] = await Promise.all([
        store.rotate(token.id, taken.digest, RETIRE_AT, HINT),
        lookAgain(),
      ]);
      assert.equal(answer, 'digest-taken');
    },
  },
];
