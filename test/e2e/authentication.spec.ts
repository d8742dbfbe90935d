import { describe, expect, it } from '@jest/globals';
import { ApiTokenOwnerProvider } from 'nestjs-api-token';
import { bearer, PLATFORMS, type Reply, startApplication } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';
import { DAY, startTokenServer } from '../support/token-server.js';
import { CountingStore, everything } from '../support/tokens.js';

/** What a client can see of a reply, but for the date. */
function visible({ status, headers, text }: Reply): unknown {
  return { status, headers: { ...headers, date: undefined }, text };
}

function damaged(secret: string): string {
  return secret.slice(0, -1) + (secret.endsWith('0') ? '1' : '0');
}

describe.each(PLATFORMS)('authentication on %s', (platform) => {
  it('T02 whatever is wrong with a secret, the answer is one and the same 401', async () => {
    class Owners extends ApiTokenOwnerProvider {
      override load(ownerId: string): unknown {
        return ownerId === 'gone' ? null : { ownerId };
      }
    }
    const { tokens, send, time } = await startTokenServer(platform, { ownerProvider: Owners });
    const expired = await tokens.issue({ ...everything, lifetimeMs: 1_000 });
    const early = await tokens.issue({ ...everything, notBefore: new Date(time.now + DAY) });
    const ended = await tokens.issue(everything);
    await tokens.revoke(ended.token.id, { reason: 'leaked' });
    const paused = await tokens.issue(everything);
    await tokens.pause(paused.token.id);
    const removed = await tokens.issue(everything);
    await tokens.remove(removed.token.id);
    const rotated = await tokens.issue(everything);
    await tokens.rotate(rotated.token.id);
    const ownerless = await tokens.issue({ ...everything, ownerId: 'gone' });
    const unknown = await issueSecret(await startApplication(platform, reviewServer()), 'full-access');
    time.now += 1_000;
    const known = [expired, early, ended, paused, removed, rotated, ownerless].map(({ secret }) => secret);
    const secrets = [...known, unknown, damaged(ended.secret), `acme_${'0'.repeat(49)}`, 'acme_', 'acme_x'];
    const replies: unknown[] = [];
    // Twice each: kept and not kept look alike.
    for (const secret of [...secrets, ...secrets]) {
      replies.push(visible(await send('GET', '/projects', bearer(secret))));
    }
    expect(replies[0]).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    });
    for (const reply of replies) expect(reply).toEqual(replies[0]);
    expect(calls).toEqual([]);
  });

  it('T03 K05 a token is rejected from the millisecond on at which it expires, in the cache too', async () => {
    const { tokens, time, status } = await startTokenServer(platform);
    const { secret } = await tokens.issue({ ...everything, lifetimeMs: 1_000 });
    time.now += 999;
    expect(await status(secret)).toBe(200);
    time.now += 1;
    expect(await status(secret)).toBe(401);
  });

  it('T03 rejects a token before its time, and after', async () => {
    const { tokens, status, time, events } = await startTokenServer(platform);
    const times = { notBefore: new Date(time.now + 1_000), expiresAt: new Date(time.now + 2_000) };
    const { token, secret } = await tokens.issue({ ...everything, ...times });
    expect(token).toMatchObject(times);
    time.now += 999;
    expect(await status(secret)).toBe(401);
    time.now += 1;
    expect(await status(secret)).toBe(200);
    time.now += 1_000;
    expect(await status(secret)).toBe(401);
    expect(events.map(({ type }) => type)).toEqual(['issued', 'rejected', 'used-after-expiry']);
  });

  it.each([-60_000, -1, 1, 60_000])(
    'T19 a server whose clock is %i ms off holds to the stored times, without leeway',
    async (skewMs) => {
      const one = await startTokenServer(platform);
      const times = { notBefore: new Date(one.time.now + DAY), expiresAt: new Date(one.time.now + 2 * DAY) };
      const { secret } = await one.tokens.issue({ ...everything, ...times });
      const other = await startTokenServer(platform, {}, one.store);
      for (const [wallClock, status] of [
        [DAY - 1, 401],
        [DAY, 200],
        [2 * DAY - 1, 200],
        [2 * DAY, 401],
      ] as const) {
        one.time.now = times.notBefore.getTime() - DAY + wallClock;
        other.time.now = one.time.now + skewMs;
        const skewed = wallClock + skewMs;
        expect(await one.status(secret)).toBe(status);
        expect(await other.status(secret)).toBe(skewed >= DAY && skewed < 2 * DAY ? 200 : 401);
      }
    },
  );

  it('T19 a clock that stands still or goes back keeps no ended token alive', async () => {
    const one = await startTokenServer(platform);
    const { token, secret } = await one.tokens.issue(everything);
    const other = await startTokenServer(platform, { cache: { lifetimeMs: 30 } }, one.store);
    expect(await other.status(secret)).toBe(200);
    await one.tokens.revoke(token.id);
    other.time.now -= 60_000;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await other.status(secret)).toBe(401);
  });

  it('T04 K01 an revoked token is rejected at once', async () => {
    const { tokens, status } = await startTokenServer(platform);
    const { token, secret } = await tokens.issue(everything);
    expect(await status(secret)).toBe(200);
    await tokens.revoke(token.id);
    expect(await status(secret)).toBe(401);
    expect(calls).toHaveLength(1);
  });

  it('T13 a wrong checksum costs no look-up, a right one proves nothing', async () => {
    const { status, store } = await startTokenServer(platform);
    const foreign = await issueSecret(await startApplication(platform, reviewServer()), 'full-access');
    expect(await status(damaged(foreign))).toBe(401);
    expect(store.reads).toBe(0);
    expect(await status(foreign)).toBe(401);
    expect(store.reads).toBe(1);
  });

  it('T17 a token of another environment is rejected: another store, another pepper, another prefix', async () => {
    const peppered = (key: string) => ({
      token: { prefix: 'acme', peppers: { current: 'k', keys: { k: key.repeat(32) } } },
    });
    const production = await startTokenServer(platform, peppered('p'));
    const { secret } = await production.tokens.issue(everything);
    expect(await production.status(secret)).toBe(200);
    const others = [
      await startTokenServer(platform, peppered('p')),
      await startTokenServer(platform, peppered('s'), production.store),
      await startTokenServer(platform, {}, production.store),
      await startTokenServer(platform, { token: { prefix: 'staging' } }, production.store),
    ];
    for (const { status } of others) expect(await status(secret)).toBe(401);
  });

  it('T17 accepts another prefix where it is told to, while it issues one', async () => {
    const store = new CountingStore();
    const old = await startTokenServer(platform, { token: { prefix: 'old' } }, store);
    const { secret } = await old.tokens.issue(everything);
    const token = { prefix: 'acme', acceptedPrefixes: ['old'] };
    const { status, tokens } = await startTokenServer(platform, { token }, store);
    expect(await status(secret)).toBe(200);
    expect((await tokens.issue(everything)).secret).toMatch(/^acme_/);
  });
});
