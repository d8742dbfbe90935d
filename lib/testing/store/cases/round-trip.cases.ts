import { assertKept, findRecord } from '../assertions.js';
import { strict as assert } from 'node:assert';
import { insertNew } from '../fixtures.js';
import type { StoreCase } from '../store-case.js';

const NOTES = [
  '',
  ' spaces around ',
  'emoji 🦉👩‍🚀, accents é and e\u0301, quotes \' " ` and \\ backslashes',
  'lines\nand\r\nlines, a\ttab, %_ and $1 :id ?',
  '<script>alert(1)</script> \u001b[31m',
  'ü'.repeat(1_000),
];

const JSON_TEXTS = [
  '{}',
  ' { "b" : 1.0 , "a" : 1e2,\n\t"a" : -0 } ',
  '{"resources":{"\\u00e9":{"*":{"allow":["\\u0047ET"]}},"é":{"*":{"block":["*"]}}}}',
  '{"note":"\\ud83e\\udd89 🦉 \\ud800 \\u0000 \\\\ \\/"}',
  '{"__proto__":{},"constructor":[],"":null,"big":12345678901234567890.5}',
  'null',
  `{"text":"${'é'.repeat(32_763)}"}`,
];

const UNREADABLE = [
  '{"resources":',
  '',
  ' ',
  '{"resources":{"*":{"allow":"GET"}}',
  'undefined',
  '\u0001 not JSON',
];

/** Each at a clock time that is skipped, or comes twice, somewhere in the world. */
const DATES = [
  '2026-03-29T01:30:00.001Z',
  '2026-03-29T02:30:00.999Z',
  '2026-10-25T00:30:00.010Z',
  '2026-10-25T01:30:00.010Z',
  '2026-03-08T02:30:00.500Z',
  '1970-01-01T00:00:00.000Z',
  '2038-01-19T03:14:08.001Z',
  '9999-12-31T23:59:59.999Z',
];

/** What was inserted comes back as it was. */
export const roundTripCases: readonly StoreCase[] = [
  {
    title: 'gives a token back value for value, with every field set and with every field empty',
    run: async (store) => {
      const full = {
        kind: 'deploy',
        metadata: '{"team":"core"}',
        notBefore: new Date('2026-12-01T00:00:00.001Z'),
        pausedAt: new Date('2026-12-02T00:00:00.002Z'),
        revokedAt: new Date('2026-12-03T00:00:00.003Z'),
        revocationReason: 'leaked 🦉',
        lastUsedAt: new Date('2026-12-04T00:00:00.004Z'),
      };
      for (const changes of [full, { policy: null, expiresAt: null }]) {
        const { token, digest } = await insertNew(store, changes);
        await assertKept(store, token, digest);
      }
    },
  },
  {
    title: 'keeps a note as it was written: emoji, line breaks, quotes, markup',
    run: async (store) => {
      for (const note of NOTES) {
        const { token, digest } = await insertNew(store, { note, revocationReason: note });
        await assertKept(store, token, digest);
      }
    },
  },
  {
    title: 'keeps the text of policy and metadata byte for byte: spaces, escapes, repeated keys, 64 KiB',
    run: async (store) => {
      for (const text of JSON_TEXTS) {
        const { token, digest } = await insertNew(store, { policy: text, metadata: text });
        await assertKept(store, token, digest);
      }
    },
  },
  {
    title: 'gives the text of an unreadable policy back as it is, without an error',
    run: async (store) => {
      for (const text of UNREADABLE) {
        const { token, digest } = await insertNew(store, { policy: text, metadata: text });
        await assertKept(store, token, digest);
        assert.deepEqual(
          (await store.list(token.ownerId, { after: null, limit: 2 })).map(({ policy }) => policy),
          [text],
        );
      }
    },
  },
  {
    title: 'keeps dates to the millisecond, whatever the time zone: around clock changes, and far ahead',
    run: async (store) => {
      for (const text of DATES) {
        const date = new Date(text);
        const { token, digest } = await insertNew(store, {
          createdAt: date,
          notBefore: date,
          expiresAt: date,
          pausedAt: date,
          revokedAt: date,
          lastUsedAt: date,
        });
        await assertKept(store, token, digest);
      }
    },
  },
  {
    title: 'hands out copies: a date that is changed by whoever got it stays as it was in the store',
    run: async (store) => {
      const date = new Date('2030-01-01T00:00:00.000Z');
      const { token, digest } = await insertNew(store, { expiresAt: date });
      (await findRecord(store, digest))?.expiresAt?.setTime(0);
      (await store.findById(token.id))?.expiresAt?.setTime(0);
      const updated = await store.update(token.id, {});
      if (typeof updated === 'object') updated?.expiresAt?.setTime(0);
      (await store.list(token.ownerId, { after: null, limit: 1 }))[0]?.expiresAt?.setTime(0);
      date.setTime(0);
      await assertKept(store, { ...token, expiresAt: new Date('2030-01-01T00:00:00.000Z') }, digest);
    },
  },
];
