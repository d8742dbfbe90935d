import { strict as assert } from 'node:assert';
import { assertKept, assertUnknown, findRecord } from '../assertions.js';
import { insertNew, newDigest, newToken } from '../fixtures.js';
import type { StoreCase } from '../store-case.js';

/** Of the new secret. */
const HINT = 'acme_next';
const RETIRE_AT = new Date('2026-12-01T12:00:00.001Z');
const EARLIER = new Date('2026-12-01T11:00:00.001Z');
const LATER = new Date('2026-12-01T13:00:00.001Z');

/** A token can have several secrets, of which the newest lives on. */
export const rotateCases: readonly StoreCase[] = [
  {
    title:
      'finds a rotated token under both secrets, the old one with its end, and changes its hint and nothing else',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      const other = await insertNew(store, { ownerId: token.ownerId });
      const rotated = newDigest();
      assert.equal(await store.rotate(token.id, rotated, RETIRE_AT, HINT), 'rotated');
      await assertKept(store, { ...token, hint: HINT }, digest, RETIRE_AT);
      await assertKept(store, { ...token, hint: HINT }, rotated, null);
      await assertKept(store, other.token, other.digest, null);
    },
  },
  {
    title: 'never puts off the end of an older secret, and brings it forward where it is asked to',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      const rotatedToken = { ...token, hint: HINT };
      const [second, third, fourth] = [newDigest(), newDigest(), newDigest()];
      await store.rotate(token.id, second, RETIRE_AT, HINT);
      assert.equal(await store.rotate(token.id, third, LATER, HINT), 'rotated');
      await assertKept(store, rotatedToken, digest, RETIRE_AT);
      await assertKept(store, rotatedToken, second, LATER);
      assert.equal(await store.rotate(token.id, fourth, EARLIER, HINT), 'rotated');
      for (const old of [digest, second, third]) await assertKept(store, rotatedToken, old, EARLIER);
      await assertKept(store, rotatedToken, fourth, null);
    },
  },
  {
    title: "changes nothing where another secret has the digest: the token's own, or another token's",
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      const other = await insertNew(store);
      for (const taken of [digest, other.digest]) {
        assert.equal(await store.rotate(token.id, taken, RETIRE_AT, HINT), 'digest-taken');
        await assertKept(store, token, digest, null);
        await assertKept(store, other.token, other.digest, null);
      }
    },
  },
  {
    title: 'keeps nothing of a secret for a token that is not there',
    run: async (store) => {
      const digest = newDigest();
      assert.equal(await store.rotate(newToken().id, digest, RETIRE_AT, HINT), 'not-found');
      await assertUnknown(store, digest);
    },
  },
  {
    title: 'leaves one secret without an end where a token is rotated many times at once',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      const digests = Array.from({ length: 10 }, newDigest);
      const answers = await Promise.all(digests.map((next) => store.rotate(token.id, next, RETIRE_AT, HINT)));
      assert.deepEqual(new Set(answers), new Set(['rotated']));
      const records = await Promise.all([digest, ...digests].map((each) => findRecord(store, each)));
      assert.ok(records.every((record) => record?.id === token.id));
      assert.equal(records.filter((record) => record?.secretExpiresAt === null).length, 1);
    },
  },
  {
    title: 'lets exactly one of 20 tokens have a digest that all are rotated to at once',
    run: async (store) => {
      const inserted = await Promise.all(Array.from({ length: 20 }, () => insertNew(store)));
      const wanted = newDigest();
      const answers = await Promise.all(
        inserted.map(({ token }) => store.rotate(token.id, wanted, RETIRE_AT, HINT)),
      );
      assert.equal(answers.filter((answer) => answer === 'rotated').length, 1);
      for (const [index, { token, digest }] of inserted.entries()) {
        const isRotated = answers[index] === 'rotated';
        const expected = isRotated ? { ...token, hint: HINT } : token;
        await assertKept(store, expected, digest, isRotated ? RETIRE_AT : null);
      }
    },
  },
];
