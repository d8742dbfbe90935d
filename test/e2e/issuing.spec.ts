import { describe, expect, it } from '@jest/globals';
import { DAY, startTokenServer } from '../support/token-server.js';
import { everything } from '../support/tokens.js';

describe('issuing', () => {
  it('A07 holds lifetimes to their bounds, measured from the issue', async () => {
    const lifetimes = { minimumMs: 1_000, defaultMs: DAY, maximumMs: 2 * DAY };
    const { tokens, time } = await startTokenServer('Express', { token: { prefix: 'acme', lifetimes } });
    const { token } = await tokens.issue(everything);
    expect(token.expiresAt).toEqual(new Date(time.now + DAY));
    for (const wrong of [
      { expiresAt: null },
      { expiresAt: new Date(time.now + 2 * DAY + 1) },
      { lifetimeMs: 2 * DAY + 1 },
      { lifetimeMs: 999 },
      { lifetimeMs: 0 },
      { lifetimeMs: Number.NaN },
      { lifetimeMs: Number.MAX_SAFE_INTEGER },
      { lifetimeMs: DAY, expiresAt: new Date(time.now + DAY) },
    ]) {
      await expect(tokens.issue({ ...everything, ...wrong })).rejects.toMatchObject({
        code: 'INVALID_EXPIRY',
      });
    }
    time.now += DAY / 2;
    await tokens.update(token.id, { expiresAt: new Date(time.now + 1.5 * DAY) });
    for (const expiresAt of [null, new Date(time.now + 1.5 * DAY + 1)]) {
      await expect(tokens.update(token.id, { expiresAt })).rejects.toMatchObject({ code: 'INVALID_EXPIRY' });
    }
    expect(await tokens.list({ ownerId: 'grumpy' })).toHaveLength(1);
  });

  it('A06 takes nothing but what may be said of a new token', async () => {
    const { tokens, time, store } = await startTokenServer('Express');
    const past = new Date(0);
    const others = { id: 'mine', kind: 'admin', digest: 'sha256:x', createdAt: past, lastUsedAt: past };
    const { token } = await tokens.issue({
      ...everything,
      ...others,
      pausedAt: past,
      revokedAt: past,
    } as never);
    const untouched = { kind: 'default', createdAt: new Date(time.now), lastUsedAt: null };
    expect(token).toMatchObject({ ...untouched, pausedAt: null, revokedAt: null });
    expect(token.id).not.toBe('mine');
    const change = { note: 'n', ...others, ownerId: 'doc', revokedAt: past } as never;
    expect(await tokens.update(token.id, change)).toEqual({ ...token, note: 'n' });
    expect(await store.findById('mine')).toBeNull();
  });

  it('A11 holds the quota when 50 are issued at once', async () => {
    const { tokens, time } = await startTokenServer('Express', {
      token: { prefix: 'acme', maxPerOwner: 10 },
    });
    const issue = () => tokens.issue({ ...everything, lifetimeMs: DAY });
    const answers = await Promise.allSettled(Array.from({ length: 50 }, issue));
    const rejected = answers.filter((answer) => answer.status === 'rejected');
    expect(rejected).toHaveLength(40);
    expect(rejected[0]!.reason).toMatchObject({ code: 'QUOTA_EXCEEDED', field: 'ownerId' });
    const [first] = await tokens.list({ ownerId: 'grumpy' });
    await tokens.revoke(first!.id);
    await issue();
    await expect(issue()).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    time.now += DAY;
    await expect(issue()).resolves.toBeDefined();
  });
});
