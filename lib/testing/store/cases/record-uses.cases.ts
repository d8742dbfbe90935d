import { strict as assert } from 'node:assert';
import { assertKept } from '../assertions.js';
import { insertNew, insertSeveral, newToken } from '../fixtures.js';
import type { StoreCase } from '../store-case.js';

const EARLIER = new Date('2026-11-22T10:00:00.001Z');
const LATER = new Date('2026-11-22T10:00:00.002Z');

/** When tokens were used last. */
export const recordUsesCases: readonly StoreCase[] = [
  {
    title: 'keeps the latest use of a token, and nothing that is earlier',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      const record = (usedAt: Date) => store.recordUses(new Map([[token.id, usedAt]]));
      await record(EARLIER);
      await assertKept(store, { ...token, lastUsedAt: EARLIER }, digest);
      await record(LATER);
      await record(EARLIER);
      await assertKept(store, { ...token, lastUsedAt: LATER }, digest);
    },
  },
  {
    title: 'keeps the latest of uses that are recorded at once',
    run: async (store) => {
      const [first, second] = await insertSeveral(store, 2);
      const times = Array.from(
        { length: 20 },
        (_, index) => new Date(EARLIER.getTime() + ((index * 7) % 20)),
      );
      await Promise.all(
        times.map((usedAt, index) => {
          const uses = [first!, second!].map(({ id }) => [id, usedAt] as const);
          return store.recordUses(new Map(index % 2 === 0 ? uses : uses.toReversed()));
        }),
      );
      for (const { id } of [first!, second!]) {
        assert.equal((await store.findById(id))?.lastUsedAt?.getTime(), EARLIER.getTime() + 19);
      }
    },
  },
  {
    title: 'keeps the uses of many tokens, and passes over those that are not there',
    run: async (store) => {
      const tokens = await insertSeveral(store, 5);
      const unused = await insertNew(store);
      const strangers = Array.from({ length: 1_500 }, () => [newToken().id, LATER] as const);
      const uses = tokens.map(({ id }, index) => [id, new Date(EARLIER.getTime() + index)] as const);
      await store.recordUses(new Map([...strangers.slice(0, 700), ...uses, ...strangers.slice(700)]));
      for (const [id, usedAt] of uses) {
        assert.equal((await store.findById(id))?.lastUsedAt?.getTime(), usedAt.getTime());
      }
      await assertKept(store, unused.token, unused.digest);
      assert.equal(await store.findById(strangers[0]![0]), null);
    },
  },
  {
    title: 'does nothing where there are no uses',
    run: async (store) => {
      const { token, digest } = await insertNew(store);
      await store.recordUses(new Map());
      await assertKept(store, token, digest);
    },
  },
];
