import { describe, expect, it } from '@jest/globals';
import { ApiTokenError, type ApiTokenService } from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { everything, foreignSecret } from '../../support/tokens.js';

const NOW = Date.parse('2026-11-22T00:00:00.000Z');
const AFTER_THE_LAST = new Date('+010000-01-01T00:00:00.000Z');
const BEFORE_THE_FIRST = new Date(-1);
const LAST = new Date('9999-12-31T23:59:59.999Z');
const NEVER = new Date(Number.NaN);

type Call = (tokens: ApiTokenService, id: string) => Promise<unknown>;

const importing =
  (options: object): Call =>
  (tokens) =>
    tokens.import({ ...everything, secret: foreignSecret(), ...options });

/** Every date of every method, with the code of what it is rejected with. */
const DATES: [field: string, code: string, method: string, call: (date: Date) => Call][] = [
  ['expiresAt', 'INVALID_EXPIRY', 'issue', (date) => (t) => t.issue({ ...everything, expiresAt: date })],
  ['notBefore', 'INVALID_NOT_BEFORE', 'issue', (date) => (t) => t.issue({ ...everything, notBefore: date })],
  ['expiresAt', 'INVALID_EXPIRY', 'update', (date) => (t, id) => t.update(id, { expiresAt: date })],
  ...['createdAt', 'notBefore', 'expiresAt', 'revokedAt', 'lastUsedAt'].map(
    (field): (typeof DATES)[number] => [
      field,
      'INVALID_DATE',
      'import',
      (date) => importing({ [field]: date }),
    ],
  ),
  ['before', 'INVALID_DATE', 'prune', (date) => (t) => t.prune({ before: date })],
  [
    'from',
    'INVALID_DATE',
    'announceExpiring',
    (date) => (t) => t.announceExpiring({ from: date, until: LAST }),
  ],
  [
    'until',
    'INVALID_DATE',
    'announceExpiring',
    (date) => (t) => t.announceExpiring({ from: new Date(0), until: date }),
  ],
];

async function start(options: Parameters<typeof newServices>[0] = {}) {
  const time = { nowMs: NOW };
  const services = newServices({ clock: () => time.nowMs, ...options });
  const { token, secret } = await services.tokens.issue(everything);
  return { ...services, time, token, secret };
}

async function rejection(call: Call, options: Parameters<typeof newServices>[0] = {}) {
  const { tokens, token, store } = await start(options);
  const error: unknown = await call(tokens, token.id).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiTokenError);
  // Nothing has changed.
  expect(await store.list('grumpy', { after: null, limit: 10 })).toHaveLength(1);
  return error as ApiTokenError;
}

describe('RL07: a date that a store can not hold is rejected with code and field', () => {
  describe.each(DATES)('%s (%s) of %s()', (field, code, _method, call) => {
    it.each([
      ['no time', NEVER],
      ['the year 10000', AFTER_THE_LAST],
      ['the year 11476, which overflows the ID of a token', new Date(3e14)],
      ['the end of time', new Date(8.64e15)],
      ['before 1970', BEFORE_THE_FIRST],
      ['the beginning of time', new Date(-8.64e15)],
      ['a number', NOW as never],
      ['a text', '2027-01-01' as never],
      ['an object with a time', { getTime: () => NOW } as never],
    ])('%s', async (_, date) => {
      expect(await rejection(call(date))).toMatchObject({ code, field });
    });
  });

  it.each<[string, Call, string, string]>([
    ['tokens that live', (t) => t.prune({ before: new Date(NOW + 1) }), 'INVALID_DATE', 'before'],
    ['a token of tomorrow', importing({ createdAt: new Date(NOW + 1) }), 'INVALID_DATE', 'createdAt'],
    [
      'a window that ends before it begins',
      (t) => t.announceExpiring({ from: new Date(1), until: new Date(0) }),
      'INVALID_DATE',
      'until',
    ],
    ...[Number.MAX_SAFE_INTEGER, Number.NaN, Infinity, -1, 0.5, 2 ** 53, '0', null, 1n].map(
      (graceMs): [string, Call, string, string] => [
        `a grace of ${String(graceMs)}`,
        (t, id) => t.rotate(id, { graceMs: graceMs as never }),
        'INVALID_GRACE',
        'graceMs',
      ],
    ),
    ...[Number.MAX_SAFE_INTEGER, Number.NaN, Infinity, -1, -0, 0.5, '1', null].map(
      (lifetimeMs): [string, Call, string, string] => [
        `a lifetime of ${Object.is(lifetimeMs, -0) ? '-0' : String(lifetimeMs)}`,
        (t) => t.issue({ ...everything, lifetimeMs: lifetimeMs as never }),
        'INVALID_EXPIRY',
        'lifetimeMs',
      ],
    ),
    ...[Number.NaN, -0, 0, 1.5, 1_001, '1', null].map((limit): [string, Call, string, string] => [
      `a limit of ${Object.is(limit, -0) ? '-0' : String(limit)}`,
      (t) => t.list({ ownerId: 'grumpy', limit: limit as never }),
      'INVALID_LIMIT',
      'limit',
    ]),
  ])('not for %s', async (_, call, code, field) => {
    expect(await rejection(call)).toMatchObject({ code, field });
  });

  it('the first and the last that every store holds are taken', async () => {
    const { tokens, token, store } = await start();
    for (const date of [new Date(0), new Date(-0)]) {
      await tokens.import({ ...everything, ownerId: 'doc', secret: foreignSecret(), createdAt: date });
      expect(await tokens.prune({ before: date })).toBe(0);
    }
    expect((await tokens.update(token.id, { expiresAt: LAST })).expiresAt).toEqual(LAST);
    expect(await tokens.announceExpiring({ from: LAST, until: LAST })).toBe(0);
    await tokens.rotate(token.id, { graceMs: LAST.getTime() - NOW });
    await tokens.rotate(token.id, { graceMs: -0 });
    expect(await tokens.prune({ before: new Date(NOW) })).toBe(0);
    expect(await store.list('doc', { after: null, limit: 10 })).toHaveLength(2);
  });

  it('an expiry that would be before the token is valid is rejected', async () => {
    const { tokens } = await start();
    const notBefore = new Date(NOW + 10);
    const { token } = await tokens.issue({ ...everything, notBefore });
    await expect(tokens.update(token.id, { expiresAt: notBefore })).rejects.toMatchObject({
      code: 'INVALID_EXPIRY',
      field: 'expiresAt',
    });
    await expect(tokens.update(token.id, { expiresAt: new Date(NOW + 11) })).resolves.toBeDefined();
  });
});

describe('RL07: a quota holds', () => {
  const later = new Date(NOW + 1_000_000);

  /** Five tokens that have expired, of an owner who may have two. */
  async function startExpired() {
    const time = { nowMs: NOW };
    const services = newServices({
      clock: () => time.nowMs,
      token: { prefix: 'acme', maxPerOwner: 2 },
    });
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { token } = await services.tokens.issue({ ...everything, lifetimeMs: 10 });
      ids.push(token.id);
      time.nowMs += 10;
    }
    return { ...services, time, ids };
  }

  it('for expired tokens that are given a later expiry, one after the other', async () => {
    const { tokens, ids, events } = await startExpired();
    await tokens.update(ids[0]!, { expiresAt: later });
    await tokens.update(ids[1]!, { expiresAt: null });
    events.length = 0;
    await expect(tokens.update(ids[2]!, { expiresAt: later, note: 'n' })).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      field: 'ownerId',
      message: 'The owner has 2 tokens already: revoke one of them first.',
    });
    expect(events).toEqual([]);
    expect((await tokens.find(ids[2]!))?.note).toBe('');
    await tokens.revoke(ids[0]!);
    expect((await tokens.update(ids[2]!, { expiresAt: later })).expiresAt).toEqual(later);
  });

  it('for expired tokens that are given a later expiry all at once, and new ones beside them', async () => {
    const { tokens, ids } = await startExpired();
    const calls = ids.flatMap((id) => [tokens.update(id, { expiresAt: later }), tokens.issue(everything)]);
    const settled = await Promise.allSettled(calls);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  });

  it('and keeps nobody from what adds no token: notes, resuming, a later expiry of a token that lives', async () => {
    const { tokens, ids, time } = await startExpired();
    const { token } = await tokens.issue({ ...everything, expiresAt: later });
    await tokens.issue(everything);
    await tokens.update(ids[0]!, { note: 'still expired' });
    await tokens.pause(token.id);
    await tokens.resume(token.id);
    await tokens.update(token.id, { expiresAt: new Date(later.getTime() + 1) });
    await tokens.update(token.id, { expiresAt: null });
    expect(time.nowMs).toBe(NOW + 50);
  });
});
