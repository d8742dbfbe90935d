import { strict as assert } from 'node:assert';
import { assertKept, assertToken } from '../assertions.js';
import { HINT, insertNew, insertSeveral, newDigest, newOwner } from '../fixtures.js';
import type { StoreCase } from '../store-case.js';

const AT = new Date('2026-11-22T10:00:00.001Z');
const LATER = new Date('2026-11-22T11:00:00.001Z');

/** What is ended stays ended, from the first time on. */
export const revokeCases: readonly StoreCase[] = [
  {
    title: 'ends a token for all of its secrets, and no other token',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      const other = await insertNew(store, { ownerId: token.ownerId });
      const rotated = newDigest();
      await store.rotate(token.id, rotated, LATER, HINT);
      const ended = { ...token, revokedAt: AT, revocationReason: 'leaked' };
      assertToken(await store.revoke(token.id, AT, 'leaked'), ended);
      await assertKept(store, ended, digest, LATER);
      await assertKept(store, ended, rotated, null);
      await assertKept(store, other.token, other.digest);
    },
  },
  {
    title: 'ends a token once: the first date and reason stay, and every call answers with them',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      const ended = { ...token, revokedAt: AT, revocationReason: 'leaked' };
      await store.revoke(token.id, AT, 'leaked');
      assertToken(await store.revoke(token.id, LATER, 'again'), ended);
      assert.equal(await store.revokeMany({ owners: [token.ownerId] }, LATER, 'again'), 0);
      await assertKept(store, ended, digest);
    },
  },
  {
    title: 'gives one date and reason to all who end a token at once',
    run: async (store) => {
      const { token } = await insertNew(store);
      const reasons = Array.from({ length: 10 }, (_, index) => `reason ${index}`);
      const answers = await Promise.all(
        reasons.map((reason, index) => store.revoke(token.id, new Date(AT.getTime() + index), reason)),
      );
      const kept = await store.findById(token.id);
      assert.ok(kept);
      for (const answer of answers) assertToken(answer, kept);
      assert.equal(kept.revocationReason, `reason ${kept.revokedAt!.getTime() - AT.getTime()}`);
    },
  },
  {
    title: 'ends the tokens of the owners that are named, and counts those that it ended',
    run: async (store) => {
      const [first, second, third] = [newOwner(), newOwner(), newOwner()];
      const active = [
        await insertNew(store, { ownerId: first }),
        await insertNew(store, { ownerId: second }),
      ];
      const ended = await insertNew(store, {
        ownerId: first,
        revokedAt: new Date(1),
        revocationReason: 'old',
      });
      const other = await insertNew(store, { ownerId: third });
      const owners = [first, second, first, newOwner()];
      assert.equal(await store.revokeMany({ owners }, AT, 'left'), 2);
      for (const { token, digest } of active) {
        await assertKept(store, { ...token, revokedAt: AT, revocationReason: 'left' }, digest);
      }
      await assertKept(store, ended.token, ended.digest);
      await assertKept(store, other.token, other.digest);
      assert.equal(await store.revokeMany({ owners }, LATER, 'again'), 0);
    },
  },
  {
    title: 'ends nobody for an empty list of owners',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      assert.equal(await store.revokeMany({ owners: [] }, AT, 'nobody'), 0);
      await assertKept(store, token, digest);
    },
  },
  {
    title: 'ends the tokens of more owners than a statement may have parameters',
    run: async (store) => {
      const inserted = [await insertNew(store), await insertNew(store)];
      const strangers = Array.from({ length: 70_000 }, (_, index) => `stranger-${index}`);
      const owners = [inserted[0]!.token.ownerId, ...strangers, inserted[1]!.token.ownerId];
      assert.equal(await store.revokeMany({ owners }, AT, 'left'), 2);
    },
  },
  {
    title: "ends everybody's tokens where all are asked for, and counts those that it ended",
    run: async (store) => {
      await store.revokeMany({ all: true }, AT, 'breach');
      const [token] = await insertSeveral(store, 3);
      assert.equal(await store.revokeMany({ all: true }, LATER, 'breach'), 3);
      assert.equal((await store.findById(token!.id))?.revokedAt?.getTime(), LATER.getTime());
      assert.equal(await store.revokeMany({ all: true }, LATER, 'breach'), 0);
    },
  },
];
