import { describe, expect, it } from '@jest/globals';
import type { ApiTokenLifetimes } from 'nestjs-api-token';
import type { RequestedExpiry } from '../../../lib/management/check-lifetime.js';
import { newServices } from '../../support/services.js';
import { everything } from '../../support/tokens.js';

const NOW = Date.parse('2026-11-22T00:00:00.000Z');

function startAt(lifetimes: ApiTokenLifetimes, nowMs = NOW) {
  const time = { nowMs };
  return { ...newServices({ token: { prefix: 'acme', lifetimes }, clock: () => time.nowMs }), time };
}

/** How long a token lives that is issued so, in milliseconds; null for ever. */
async function lifetime(expiry: RequestedExpiry, lifetimes: ApiTokenLifetimes = {}): Promise<number | null> {
  const { tokens } = await startAt(lifetimes);
  const { token } = await tokens.issue({ ...everything, ...expiry });
  return token.expiresAt && token.expiresAt.getTime() - NOW;
}

const at = (ms: number): RequestedExpiry => ({ expiresAt: new Date(NOW + ms) });
const bounds: ApiTokenLifetimes = { minimumMs: 100, defaultMs: 200, maximumMs: 300 };

describe('A07 a token lives', () => {
  it.each<[string, RequestedExpiry, ApiTokenLifetimes, number | null]>([
    ['for ever where nothing is said', {}, {}, null],
    ['for ever where that is asked for', { expiresAt: null }, {}, null],
    ['for ever where that is asked for, whatever the default', { expiresAt: null }, { defaultMs: 5 }, null],
    ['until a time', at(1), {}, 1],
    ['for a time', { lifetimeMs: 1 }, {}, 1],
    ['for the default', {}, bounds, 200],
    ['for the maximum where there is no default', {}, { maximumMs: 300 }, 300],
    ['for the minimum', at(100), bounds, 100],
    ['for the maximum', { lifetimeMs: 300 }, bounds, 300],
  ])('%s', async (_, expiry, lifetimes, ms) => {
    expect(await lifetime(expiry, lifetimes)).toBe(ms);
  });

  it.each<[string, RequestedExpiry, ApiTokenLifetimes, string, string]>([
    ['until now', at(0), {}, 'expiresAt', 'expiresAt must be in the future.'],
    [
      'for ever where there is a maximum',
      { expiresAt: null },
      bounds,
      'expiresAt',
      'Tokens live 300 ms at most: name an expiry.',
    ],
    ['a millisecond too long', at(301), bounds, 'expiresAt', 'Tokens live 300 ms at most.'],
    ['a millisecond too short', at(99), bounds, 'expiresAt', 'Tokens live 100 ms at least.'],
    ['for too long', { lifetimeMs: 301 }, bounds, 'lifetimeMs', 'Tokens live 300 ms at most.'],
    [
      'for no time',
      { lifetimeMs: 0 },
      {},
      'lifetimeMs',
      'lifetimeMs must be a whole number of milliseconds over 0.',
    ],
    [
      'for half a millisecond',
      { lifetimeMs: 0.5 },
      {},
      'lifetimeMs',
      'lifetimeMs must be a whole number of milliseconds over 0.',
    ],
    [
      'for longer than time lasts',
      { lifetimeMs: 8.64e15 },
      {},
      'lifetimeMs',
      'lifetimeMs must end before the year 10000.',
    ],
    [
      'until a time and for a time',
      { ...at(1), lifetimeMs: 1 },
      {},
      'lifetimeMs',
      'Write expiresAt or lifetimeMs, not both.',
    ],
    ['until a text', { expiresAt: 'x' as never }, {}, 'expiresAt', 'expiresAt must be a Date.'],
  ])('not %s', async (_, expiry, lifetimes, field, message) => {
    await expect(lifetime(expiry, lifetimes)).rejects.toMatchObject({
      code: 'INVALID_EXPIRY',
      field,
      message,
    });
  });

  it('as long as it is changed to, measured from its issue', async () => {
    const { tokens, time } = await startAt(bounds);
    const { token } = await tokens.issue({ ...everything, lifetimeMs: 200 });
    time.nowMs += 50;
    const change = (ms: number) => tokens.update(token.id, { expiresAt: new Date(NOW + ms) });
    expect((await change(300)).expiresAt).toEqual(new Date(NOW + 300));
    expect((await change(100)).expiresAt).toEqual(new Date(NOW + 100));
    await expect(change(301)).rejects.toMatchObject({ message: 'Tokens live 300 ms at most.' });
    await expect(change(99)).rejects.toMatchObject({ message: 'Tokens live 100 ms at least.' });
    time.nowMs = NOW + 150;
    await expect(change(150)).rejects.toMatchObject({ message: 'expiresAt must be in the future.' });
    await expect(tokens.update(token.id, { expiresAt: null })).rejects.toMatchObject({ field: 'expiresAt' });
  });

  it('from its start on, which is before its end', async () => {
    const { tokens } = await startAt({});
    const options = { ...everything, notBefore: new Date(NOW + 1) };
    const { token } = await tokens.issue({ ...options, ...at(2) });
    expect(token.notBefore).toEqual(new Date(NOW + 1));
    expect((await tokens.issue(options)).token).toMatchObject({
      notBefore: new Date(NOW + 1),
      expiresAt: null,
    });
  });
});

describe('the ID of a token', () => {
  it.each([
    ['2026', NOW, '01a2008d-7400'],
    ['1970', 0, '00000000-0000'],
    ['1969', -1, '00000000-0000'],
    ['the year 10889', 2 ** 48 - 1, 'ffffffff-ffff'],
  ])('begins with the time of its issue, in %s', async (_, nowMs, start) => {
    const { tokens } = await startAt({}, nowMs);
    const { token } = await tokens.issue(everything);
    expect(token.id.slice(0, 13)).toBe(start);
    expect(token.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});
