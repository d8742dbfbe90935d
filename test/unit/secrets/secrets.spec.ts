import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { ApiTokenService } from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { NotingStore } from '../../support/tokens.js';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function services(prefix = 'acme') {
  return newServices({ store: new NotingStore(), token: { prefix } });
}

describe('secrets', () => {
  it.each(['a', 'acme', 'a_b_c', 'abcdefghijklmn'])(
    'are one word of %s, entropy and checksum',
    async (prefix) => {
      const { tokens } = services(prefix);
      const { secret } = await tokens.issue({ ownerId: 'o', policy: 'full-access' });
      expect(secret).toMatch(new RegExp(`^${prefix}_[0-9A-Za-z]{49}$`));
      expect(secret).toMatch(/^\w{51,64}$/);
      let checksum = 0;
      for (const digit of secret.slice(-6)) checksum = checksum * 62 + DIGITS.indexOf(digit);
      expect(checksum).toBe(crc32(secret.slice(0, -6)));
    },
  );

  it('favor no digit: 2,000 secrets hold each as often as chance has it', async () => {
    const { tokens } = services();
    const counts = new Map<string, number>();
    for (let made = 0; made < 2_000; made += 1) {
      const { secret } = await tokens.issue({ ownerId: 'o', policy: 'full-access' });
      // The first digit of a 256-bit number is never above `t`; all others are uniform but for the last bit of it.
      for (const digit of secret.slice(6, 48)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    }
    const expected = (2_000 * 42) / 62;
    // Seven standard deviations: a byte modulo 62 would favor eight digits by a quarter, which is ten.
    const tolerance = 7 * Math.sqrt(expected);
    for (const digit of DIGITS) expect(Math.abs((counts.get(digit) ?? 0) - expected)).toBeLessThan(tolerance);
  });

  it('are stored as a digest alone', async () => {
    const { tokens, store } = services();
    const { secret, token } = await tokens.issue({ ownerId: 'o', policy: 'full-access' });
    const digest = createHash('sha256').update(secret).digest('base64url');
    expect(store.inserted).toEqual([`sha256:${digest}`]);
    const shown = inspect([await store.findById(token.id), token], { depth: 9 }) + JSON.stringify(token);
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(digest);
  });

  it('A09 are in the answers of issue() and rotate() alone', async () => {
    const { tokens, authenticator } = services();
    const issued = await tokens.issue({ ownerId: 'o', policy: 'full-access', note: 'mine' });
    const { token } = issued;
    const rotated = await tokens.rotate(token.id);
    expect(Object.keys(issued)).toEqual(['token', 'secret']);
    expect(Object.keys(rotated)).toEqual(['token', 'secret']);
    const shown = [
      issued.token,
      rotated.token,
      await tokens.find(token.id),
      await tokens.list({ ownerId: 'o' }),
      await tokens.update(token.id, { note: 'yours' }),
      await tokens.pause(token.id),
      await tokens.resume(token.id),
      await authenticator.authenticate(rotated.secret),
      await tokens.revoke(token.id),
      await authenticator.authenticate(rotated.secret),
    ];
    const text = inspect(shown, { depth: 9, showHidden: true }) + JSON.stringify(shown);
    for (const { secret } of [issued, rotated]) {
      expect(text).not.toContain(secret.slice(5, 25));
      expect(text).not.toContain(createHash('sha256').update(secret).digest('base64url'));
    }
    expect(token).toMatchObject({ ownerId: 'o', note: 'mine', kind: 'default', policy: {} });
    expect(token.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it('that collide are made anew, and a store that always says so is found out', async () => {
    const { tokens, store } = services();
    const insert = store.insert.bind(store);
    let collisions = 2;
    store.insert = async (...args) => {
      collisions -= 1;
      return collisions >= 0 ? 'digest-taken' : insert(...args);
    };
    await expect(tokens.issue({ ownerId: 'o', policy: 'full-access' })).resolves.toBeDefined();
    store.insert = async () => 'digest-taken';
    await expect(tokens.issue({ ownerId: 'o', policy: 'full-access' })).rejects.toThrow('256 random bits');
  });
});

describe('bad input changes nothing and names its field', () => {
  it.each<[string, object, object]>([
    ['no owner', { ownerId: '' }, { code: 'INVALID_OWNER_ID', field: 'ownerId' }],
    [
      'a number for an owner',
      { ownerId: 7 },
      { code: 'INVALID_OWNER_ID', message: expect.stringContaining('String(user.id)') },
    ],
    ['a long owner', { ownerId: 'o'.repeat(256) }, { code: 'INVALID_OWNER_ID' }],
    ['A13 a note of 1 MB', { note: 'n'.repeat(1_000_000) }, { code: 'INVALID_NOTE', field: 'note' }],
    ['a note with NUL', { note: 'a\0b' }, { code: 'INVALID_NOTE' }],
    ['half a character', { note: '\ud800' }, { code: 'INVALID_NOTE' }],
    [
      'metadata of 5 kB',
      { metadata: { text: 'x'.repeat(5_000) } },
      { code: 'INVALID_METADATA', field: 'metadata' },
    ],
    ['metadata that is a list', { metadata: [] }, { code: 'INVALID_METADATA' }],
    ['metadata without JSON', { metadata: { big: 1n } }, { code: 'INVALID_METADATA' }],
    [
      'a late start',
      { notBefore: new Date(4e12), expiresAt: new Date(3e12) },
      { code: 'INVALID_NOT_BEFORE', field: 'notBefore' },
    ],
    ['a past expiry', { expiresAt: new Date(0) }, { code: 'INVALID_EXPIRY', field: 'expiresAt' }],
    ['an unreadable expiry', { expiresAt: new Date('never') }, { code: 'INVALID_EXPIRY' }],
    ['a text for an expiry', { expiresAt: '2999-01-01' }, { code: 'INVALID_EXPIRY' }],
    [
      'P09 an empty policy',
      { policy: {} },
      { code: 'EMPTY_POLICY', message: expect.stringContaining("'full-access'") },
    ],
    ['P09 an empty policy as text', { policy: ' {} ' }, { code: 'EMPTY_POLICY' }],
    ['D11 no policy', { policy: undefined }, { code: 'INVALID_TOKEN_POLICY' }],
    [
      'D08 an unknown policy ID',
      { policy: { resources: { repositry: { '*': { block: ['*'] } } } } },
      { code: 'INVALID_TOKEN_POLICY' },
    ],
    [
      'an ID no request can have',
      { policy: { resources: { project: { '042': { block: ['*'] } } } } },
      { code: 'INVALID_TOKEN_POLICY' },
    ],
  ])('%s', async (_, wrong, error) => {
    const { tokens, store } = services();
    const right = { ownerId: 'o', policy: 'full-access' };
    await expect(tokens.issue({ ...right, ...wrong } as never)).rejects.toMatchObject(error);
    expect(store.inserted).toEqual([]);
  });

  it.each([
    ['a limit of none', { ownerId: 'o', limit: 0 }],
    ['a limit of many', { ownerId: 'o', limit: 1_001 }],
    ['a broken limit', { ownerId: 'o', limit: 1.5 }],
  ])('%s', async (_, query) => {
    const { tokens } = services();
    await expect(tokens.list({ ownerId: 'o', after: 'a\0b' })).rejects.toMatchObject({
      code: 'INVALID_AFTER',
    });
    await expect(tokens.list(query)).rejects.toMatchObject({ code: 'INVALID_LIMIT', field: 'limit' });
  });

  it('an unknown ID', async () => {
    const { tokens } = services();
    for (const id of ['nobody', '', 'a\0b', '\ud800', 'x'.repeat(10_000), 7 as never, undefined as never]) {
      expect(await tokens.find(id)).toBeNull();
    }
    for (const change of [
      () => tokens.revoke('nobody'),
      () => tokens.update('nobody', { note: 'n' }),
      () => tokens.rotate('nobody'),
      () => tokens.pause('nobody'),
      () => tokens.resume('nobody'),
      () => tokens.remove('nobody'),
    ]) {
      await expect(change()).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND', field: 'id' });
    }
  });

  it.each<[string, (tokens: ApiTokenService, id: string) => Promise<unknown>, object]>([
    ['an update of nothing', (tokens, id) => tokens.update(id, {}), { code: 'NOTHING_TO_CHANGE' }],
    [
      'an update to an empty policy',
      (tokens, id) => tokens.update(id, { policy: {} }),
      { code: 'EMPTY_POLICY' },
    ],
    [
      'an update to a past expiry',
      (tokens, id) => tokens.update(id, { expiresAt: new Date(0) }),
      { code: 'INVALID_EXPIRY' },
    ],
    [
      'A06 an update of the owner',
      (tokens, id) => tokens.update(id, { ownerId: 'me', id: 'x' } as never),
      { code: 'NOTHING_TO_CHANGE' },
    ],
    [
      'a negative grace',
      (tokens, id) => tokens.rotate(id, { graceMs: -1 }),
      { code: 'INVALID_GRACE', field: 'graceMs' },
    ],
    ['a broken grace', (tokens, id) => tokens.rotate(id, { graceMs: Number.NaN }), { code: 'INVALID_GRACE' }],
    [
      'a long reason',
      (tokens, id) => tokens.revoke(id, { reason: 'r'.repeat(1_001) }),
      { code: 'INVALID_REASON', field: 'reason' },
    ],
    [
      'a broken window',
      (tokens) => tokens.announceExpiring({ from: new Date('never'), until: new Date() }),
      { code: 'INVALID_DATE', field: 'from' },
    ],
    [
      'a broken time to prune',
      (tokens) => tokens.prune({ before: 'now' as never }),
      { code: 'INVALID_DATE', field: 'before' },
    ],
  ])('%s', async (_, call, error) => {
    const { tokens } = services();
    const { token } = await tokens.issue({ ownerId: 'o', policy: 'full-access', note: 'as it was' });
    await expect(call(tokens, token.id)).rejects.toMatchObject(error);
    expect(await tokens.find(token.id)).toEqual(token);
  });
});
