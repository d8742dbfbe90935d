import { strict as assert } from 'node:assert';
import type { ApiTokenChanges } from '../../../tokens/api-token-store.js';
import { assertKept, assertToken } from '../assertions.js';
import { insertNew } from '../fixtures.js';
import type { StoreCase } from '../store-case.js';

const CHANGES: readonly ApiTokenChanges[] = [
  { note: 'changed 🦉' },
  { policy: '{ "resources" : {} }' },
  { policy: null },
  { metadata: '{"team":"web"}' },
  { metadata: null },
  { expiresAt: new Date('2031-01-01T00:00:00.001Z') },
  { expiresAt: null },
  { pausedAt: new Date('2027-01-01T00:00:00.001Z') },
  { pausedAt: null },
  { note: '', metadata: '{}', pausedAt: new Date('2028-01-01T00:00:00.001Z') },
  {},
];

/** A change touches what it names. */
export const updateCases: readonly StoreCase[] = [
  {
    title: 'changes what is named and nothing else, clears what is named null, and answers with the token',
    run: async (store) => {
      const { token, digest } = await insertNew(store, { metadata: '{"team":"core"}' });
      const other = await insertNew(store, { ownerId: token.ownerId });
      let expected = token;
      for (const changes of CHANGES) {
        expected = { ...expected, ...changes };
        assertToken(await store.update(token.id, changes), expected);
        await assertKept(store, expected, digest);
      }
      await assertKept(store, other.token, other.digest);
    },
  },
  {
    title: 'leaves what is named undefined as it is',
    run: async (store) => {
      const { token, digest } = await insertNew(store, { metadata: '{}', pausedAt: new Date(1) });
      const names = ['note', 'policy', 'metadata', 'expiresAt', 'pausedAt'];
      const changes: ApiTokenChanges = Object.fromEntries(names.map((name) => [name, undefined]));
      assertToken(await store.update(token.id, changes), token);
      assertToken(await store.update(token.id, { ...changes, note: 'changed' }), {
        ...token,
        note: 'changed',
      });
      await assertKept(store, { ...token, note: 'changed' }, digest);
    },
  },
  {
    title: 'lets changes of different fields at once all hold',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      for (let round = 1; round <= 10; round += 1) {
        const changes = {
          note: `note ${round}`,
          policy: `{"round":${round}}`,
          metadata: `{"round":${round}}`,
          expiresAt: new Date(2_000_000_000_000 + round),
          pausedAt: new Date(1_900_000_000_000 + round),
        };
        const answers = await Promise.all(
          Object.entries(changes).map(([name, value]) => store.update(token.id, { [name]: value })),
        );
        assert.ok(answers.every((answer) => typeof answer === 'object' && answer?.id === token.id));
        await assertKept(store, { ...token, ...changes }, digest);
      }
    },
  },
  {
    title: 'does not bring back a token that is ended',
    run: async (store) => {
      const revokedAt = new Date('2026-12-01T00:00:00.000Z');
      const { token, digest } = await insertNew(store, { revokedAt, revocationReason: 'leaked' });
      await store.update(token.id, { pausedAt: null, expiresAt: null, note: 'still ended' });
      await assertKept(store, { ...token, expiresAt: null, note: 'still ended' }, digest);
    },
  },
];
