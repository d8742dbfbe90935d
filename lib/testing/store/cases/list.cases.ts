import { strict as assert } from 'node:assert';
import type { StoredApiToken } from '../../../tokens/api-token-record.js';
import type { ApiTokenPage } from '../../../tokens/api-token-store.js';
import { assertToken, idsOf, readPages } from '../assertions.js';
import { insertNew, insertSeveral, newDigest, newOwner, newToken } from '../fixtures.js';
import type { StoreCase } from '../store-case.js';

const PAST_ANY_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Lists are in the order of IDs, and pages neither skip nor repeat. */
export const listCases: readonly StoreCase[] = [
  {
    title: 'lists the tokens of an owner, ended ones among them, value for value',
    run: async (store) => {
      await insertNew(store);
      const ownerId = newOwner();
      const first = await insertNew(store, {
        ownerId,
        revokedAt: new Date(1),
        revocationReason: 'lost',
      });
      const second = await insertNew(store, { ownerId, expiresAt: new Date(1) });
      const tokens = await store.list(ownerId, { after: null, limit: 100 });
      assert.equal(tokens.length, 2);
      assertToken(tokens[0], first.token);
      assertToken(tokens[1], second.token);
    },
  },
  {
    title:
      'lists in the order of IDs over all pages, however tokens were inserted and whenever they were created',
    run: async (store) => {
      const ownerId = newOwner();
      const tokens = Array.from({ length: 23 }, () => newToken({ ownerId }));
      const middle = tokens.slice(7, 15).toReversed();
      for (const token of [...tokens.slice(15), ...middle, ...tokens.slice(0, 7)]) {
        assert.equal(await store.insert(token, newDigest(), null), 'inserted');
      }
      const read = (page: ApiTokenPage) => store.list(ownerId, page);
      for (const limit of [1, 5, 23, 100]) assert.deepEqual(await readPages(read, limit), idsOf(tokens));
    },
  },
  {
    title: 'goes on behind a token that was removed after its page was read',
    run: async (store) => {
      const tokens = await insertSeveral(store, 4);
      const [first, second, third, fourth] = tokens as [StoredApiToken, ...StoredApiToken[]];
      await store.remove(second!.id);
      const rest = await store.list(first.ownerId, { after: second!.id, limit: 10 });
      assert.deepEqual(idsOf(rest), [third!.id, fourth!.id]);
      assert.deepEqual(await store.list(first.ownerId, { after: PAST_ANY_ID, limit: 10 }), []);
    },
  },
  {
    title: 'lists as expiring what expires later than one time and not later than another, and is not ended',
    run: async (store) => {
      const from = Date.parse('2101-01-01T00:00:00.000Z');
      const until = Date.parse('2101-01-02T00:00:00.000Z');
      const expiring = [from + 1, until - 1, until].map((time) => newToken({ expiresAt: new Date(time) }));
      const others = [
        ...[from - 1, from, until + 1].map((time) => newToken({ expiresAt: new Date(time) })),
        newToken({ expiresAt: null }),
        newToken({ expiresAt: new Date(until), revokedAt: new Date(1) }),
      ];
      const paused = newToken({ expiresAt: new Date(until), pausedAt: new Date(1) });
      for (const token of [...expiring, ...others, paused]) await store.insert(token, newDigest(), null);
      const listed = await store.listExpiring(new Date(from), new Date(until), { after: null, limit: 100 });
      const own = new Set(idsOf([...expiring, ...others, paused]));
      assert.deepEqual(
        idsOf(listed).filter((id) => own.has(id)),
        idsOf([...expiring, paused]),
      );
      assertToken(
        listed.find(({ id }) => id === paused.id),
        paused,
      );
    },
  },
  {
    title: 'lists expiring tokens of all owners in the order of IDs over all pages',
    run: async (store) => {
      const from = new Date('2102-01-01T00:00:00.000Z');
      const until = new Date('2102-01-02T00:00:00.000Z');
      const tokens = Array.from({ length: 12 }, (_, index) =>
        newToken({ expiresAt: new Date(until.getTime() - (index % 3)) }),
      );
      for (const token of tokens.toReversed()) await store.insert(token, newDigest(), null);
      const read = (page: ApiTokenPage) => store.listExpiring(from, until, page);
      const own = new Set(idsOf(tokens));
      for (const limit of [1, 5, 12]) {
        assert.deepEqual(
          (await readPages(read, limit)).filter((id) => own.has(id)),
          idsOf(tokens),
        );
      }
    },
  },
];
