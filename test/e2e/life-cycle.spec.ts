import { describe, expect, it } from '@jest/globals';
import { DAY, startTokenServer } from '../support/token-server.js';
import { everything } from '../support/tokens.js';

describe('the life of a token', () => {
  it('updates what is named and nothing else', async () => {
    const { tokens, time } = await startTokenServer('Express');
    const issued = { ...everything, note: 'n', metadata: { team: 'a' }, expiresAt: new Date(time.now + DAY) };
    const { token } = await tokens.issue(issued);
    expect(await tokens.update(token.id, { note: 'm' })).toEqual({ ...token, note: 'm' });
    expect(await tokens.update(token.id, { expiresAt: null, metadata: null })).toMatchObject({
      note: 'm',
      metadata: null,
      expiresAt: null,
    });
  });

  it('pauses and resumes, at once', async () => {
    const { tokens, status, events } = await startTokenServer('Express');
    const { token, secret } = await tokens.issue(everything);
    expect(await status(secret)).toBe(200);
    expect((await tokens.pause(token.id)).pausedAt).toBeInstanceOf(Date);
    expect(await status(secret)).toBe(401);
    expect((await tokens.resume(token.id)).pausedAt).toBeNull();
    expect(await status(secret)).toBe(200);
    expect(events.map(({ type }) => type)).toEqual(['issued', 'paused', 'rejected', 'resumed']);
  });

  it('A08 A15 ends for good: the first date and reason stay, and nothing revives it', async () => {
    const { tokens, status, time, events } = await startTokenServer('Express');
    const { token, secret } = await tokens.issue(everything);
    const ended = await tokens.revoke(token.id, { reason: 'leaked' });
    expect(ended).toMatchObject({ revocationReason: 'leaked', revokedAt: new Date(time.now) });
    time.now += 1;
    expect(await tokens.revoke(token.id, { reason: 'again' })).toEqual(ended);
    for (const revive of [
      () => tokens.resume(token.id),
      () => tokens.pause(token.id),
      () => tokens.rotate(token.id),
      () => tokens.update(token.id, { expiresAt: null }),
      () => tokens.update(token.id, { note: 'alive', revokedAt: null, valid: true } as never),
    ]) {
      await expect(revive()).rejects.toMatchObject({ code: 'TOKEN_ENDED', field: 'id' });
    }
    await expect(tokens.import({ ...everything, secret })).rejects.toMatchObject({ code: 'SECRET_TAKEN' });
    expect(await status(secret)).toBe(401);
    expect(events.filter(({ type }) => type === 'revoked')).toMatchObject([{ reason: 'leaked' }]);
  });

  it('ends the tokens of owners, of nobody and of everybody', async () => {
    const { tokens, status, events } = await startTokenServer('Express');
    const secrets = new Map<string, string>();
    for (const ownerId of ['a', 'b', 'c']) {
      const { secret } = await tokens.issue({ ownerId, policy: 'full-access' });
      secrets.set(ownerId, secret);
      expect(await status(secret)).toBe(200);
    }
    const statuses = () => Promise.all([...secrets.values()].map((secret) => status(secret)));
    expect(await tokens.revokeMany({ owners: [] })).toBe(0);
    expect(await statuses()).toEqual([200, 200, 200]);
    expect(await tokens.revokeMany({ owners: ['a', 'nobody'] }, { reason: 'left' })).toBe(1);
    expect(await statuses()).toEqual([401, 200, 200]);
    expect(await tokens.revokeMany({ all: true })).toBe(2);
    expect(await statuses()).toEqual([401, 401, 401]);
    expect(events.filter(({ type }) => type === 'revoked-many')).toMatchObject([
      { count: 0 },
      { count: 1 },
      { count: 2 },
    ]);
  });

  it.each([
    [undefined],
    [{}],
    [{ owners: undefined }],
    [{ owners: 'a' }],
    [{ owners: [''] }],
    [{ owners: [1] }],
    [{ all: false }],
    [{ all: 'true' }],
    [{ owners: ['a'], all: true }],
    [[]],
  ])('rejects the unsafe selector %j, and ends nobody', async (selector) => {
    const { tokens, status } = await startTokenServer('Express');
    const { secret } = await tokens.issue(everything);
    await expect(tokens.revokeMany(selector as never)).rejects.toMatchObject({ name: 'ApiTokenError' });
    expect(await status(secret)).toBe(200);
  });

  it('removes and prunes', async () => {
    const { tokens, status, time, events } = await startTokenServer('Express');
    const removed = await tokens.issue(everything);
    expect(await status(removed.secret)).toBe(200);
    await tokens.remove(removed.token.id);
    expect(await status(removed.secret)).toBe(401);
    expect(await tokens.find(removed.token.id)).toBeNull();
    await expect(tokens.remove(removed.token.id)).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
    expect(events.map(({ type }) => type)).toContain('removed');

    const expired = await tokens.issue({ ...everything, lifetimeMs: 1_000 });
    const living = await tokens.issue(everything);
    time.now += 2_000;
    expect(await tokens.prune({ before: new Date(time.now) })).toBe(1);
    expect(await tokens.find(expired.token.id)).toBeNull();
    expect(await status(living.secret)).toBe(200);
  });

  it('announces what expires soon, each token once', async () => {
    const { tokens, time, events } = await startTokenServer('Express');
    const soon = await tokens.issue({ ...everything, lifetimeMs: DAY });
    await tokens.issue({ ...everything, lifetimeMs: 3 * DAY });
    await tokens.issue(everything);
    const [from, middle, until] = [0, 1, 2].map((days) => new Date(time.now + days * DAY));
    expect(await tokens.announceExpiring({ from: from!, until: middle! })).toBe(1);
    expect(await tokens.announceExpiring({ from: middle!, until: until! })).toBe(0);
    expect(events.filter(({ type }) => type === 'expiring-soon')).toMatchObject([
      { tokenId: soon.token.id, expiresAt: soon.token.expiresAt },
    ]);
  });
});
