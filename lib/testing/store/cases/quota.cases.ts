import { strict as assert } from 'node:assert';
import type { ApiTokenChanges } from '../../../tokens/api-token-store.js';
import { assertAbsent, assertKept, assertToken } from '../assertions.js';
import { insertNew, insertSeveral, newDigest, newOwner, newToken } from '../fixtures.js';
import type { StoreCase } from '../store-case.js';

const AT = new Date('2026-11-22T10:00:00.000Z');
const LATER = new Date('2026-11-22T10:00:00.001Z');

/** A quota holds, and counts what it should. */
export const quotaCases: readonly StoreCase[] = [
  {
    title: 'lets an owner have exactly 10 of 50 tokens that are inserted at once with a quota of 10',
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
    title: 'keeps nothing of a token that exceeds the quota',
    run: async (store) => {
      const { token } = await insertNew(store);
      const rejected = newToken({ ownerId: token.ownerId });
      const digest = newDigest();
      assert.equal(await store.insert(rejected, digest, { limit: 1, at: AT }), 'quota-exceeded');
      await assertAbsent(store, rejected.id, digest);
      assert.equal(await store.insert(rejected, digest, { limit: 2, at: AT }), 'inserted');
    },
  },
  {
    title: 'does not count tokens that are ended or expired, to the millisecond, nor those of other owners',
    run: async (store) => {
      const ownerId = newOwner();
      await insertNew(store);
      await insertNew(store, { ownerId, revokedAt: AT });
      await insertNew(store, { ownerId, expiresAt: new Date(AT.getTime() - 1) });
      await insertNew(store, { ownerId, expiresAt: AT });
      const insert = () => store.insert(newToken({ ownerId }), newDigest(), { limit: 1, at: AT });
      assert.equal(await insert(), 'inserted');
      assert.equal(await insert(), 'quota-exceeded');
    },
  },
  {
    title: 'counts tokens that are paused, that are not valid yet, that expire later, and that never expire',
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
    title: 'has room again where a token was ended or removed, and none at all where the limit is 0',
    run: async (store) => {
      const ownerId = newOwner();
      const insert = (limit: number) => store.insert(newToken({ ownerId }), newDigest(), { limit, at: AT });
      assert.equal(await insert(0), 'quota-exceeded');
      const ended = await insertNew(store, { ownerId });
      const removed = await insertNew(store, { ownerId });
      assert.equal(await insert(2), 'quota-exceeded');
      await store.revoke(ended.token.id, AT, 'lost');
      await store.remove(removed.token.id);
      assert.equal(await insert(2), 'inserted');
      assert.equal(await insert(2), 'inserted');
      assert.equal(await insert(2), 'quota-exceeded');
    },
  },
  {
    title: 'lets exactly 3 of 20 expired tokens live again that are given a later expiry at once',
    run: async (store) => {
      // Several times: a store without a lock may be lucky once.
      for (let round = 0; round < 5; round += 1) {
        const expired = await insertSeveral(store, 20, { expiresAt: AT });
        const quota = { limit: 3, at: AT };
        const answers = await Promise.all(
          expired.map(({ id }) => store.update(id, { expiresAt: LATER, note: 'again' }, quota)),
        );
        assert.equal(answers.filter((answer) => answer === 'quota-exceeded').length, 17);
        const tokens = await store.list(expired[0]!.ownerId, { after: null, limit: 100 });
        const changed = tokens.filter(({ expiresAt, note }) => Number(expiresAt) > +AT && note === 'again');
        assert.equal(changed.length, 3);
        assert.equal(tokens.filter(({ note }) => note === 'again').length, 3);
      }
    },
  },
  {
    title: 'counts tokens that are inserted and ones that live again at once',
    run: async (store) => {
      for (let round = 0; round < 5; round += 1) {
        const expired = await insertSeveral(store, 10, { expiresAt: AT });
        const { ownerId } = expired[0]!;
        const quota = { limit: 5, at: AT };
        const answers = await Promise.all(
          expired.flatMap(({ id }) => [
            store.insert(newToken({ ownerId }), newDigest(), quota),
            store.update(id, { expiresAt: null }, quota),
          ]),
        );
        assert.equal(answers.filter((answer) => answer === 'quota-exceeded').length, 15);
      }
    },
  },
  {
    title: 'asks no quota for a change after which an owner has no more tokens than before',
    run: async (store) => {
      const quota = { limit: 0, at: AT };
      const update = (id: string, changes: ApiTokenChanges) => store.update(id, changes, quota);
      const { token } = await insertNew(store, { expiresAt: LATER });
      for (const expiresAt of [new Date(LATER.getTime() + 1), null, LATER, AT]) {
        assertToken(await update(token.id, { expiresAt }), { ...token, expiresAt });
      }
      // Expired now, and it stays so.
      assertToken(await update(token.id, { note: 'n' }), { ...token, expiresAt: AT, note: 'n' });
      assert.equal(await update(token.id, { expiresAt: LATER }), 'quota-exceeded');
      const ended = await insertNew(store, { expiresAt: AT, revokedAt: AT });
      assertToken(await update(ended.token.id, { expiresAt: null }), { ...ended.token, expiresAt: null });
      assert.equal(await update('nobody', { expiresAt: null }), null);
    },
  },
  {
    title: 'changes nothing of a token that would exceed the quota',
    run: async (store) => {
      const { token, digest } = await insertNew(store, { expiresAt: AT, pausedAt: AT });
      await insertNew(store, { ownerId: token.ownerId });
      const changes = { expiresAt: null, pausedAt: null, note: 'changed' };
      assert.equal(await store.update(token.id, changes, { limit: 1, at: AT }), 'quota-exceeded');
      await assertKept(store, token, digest);
      assertToken(await store.update(token.id, changes, { limit: 2, at: AT }), { ...token, ...changes });
    },
  },
];
