import { describe, expect, it } from '@jest/globals';
import {
  type ApiTokenEvent,
  ApiTokenEvents,
  type ApiTokenModuleExtras,
  type ApiTokenModuleOptions,
  ApiTokenOwnerProvider,
  ApiTokenService,
  InMemoryApiTokenStore,
} from 'nestjs-api-token';
import { bearer, type Platform, PLATFORMS, startApplication } from '../support/application.js';
import { reviewServer } from '../support/review-server.js';

const FULL = { ownerId: 'grumpy', policy: 'full-access' } as const;
const DAY = 86_400_000;

async function lifeCycle(
  platform: Platform,
  overrides: Partial<ApiTokenModuleOptions & ApiTokenModuleExtras> = {},
) {
  const time = { now: Date.now() };
  const store = new InMemoryApiTokenStore();
  const server = await startApplication(
    platform,
    reviewServer({ repository: { useValue: store }, clock: () => time.now, ...overrides }),
  );
  const events: ApiTokenEvent[] = [];
  server.app.get(ApiTokenEvents).subscribe((event) => events.push(event));
  const status = async (secret: string, path = '/repositories/1') =>
    (await server.send('GET', path, bearer(secret))).status;
  return { server, tokens: server.app.get(ApiTokenService), store, time, events, status };
}

describe.each(PLATFORMS)('the life of a token on %s', (platform) => {
  it('K04 a policy that is narrowed holds at once, for a token that is kept', async () => {
    const { tokens, status, events } = await lifeCycle(platform);
    const { token, secret } = await tokens.issue({ ...FULL, note: 'before' });
    expect(await status(secret)).toBe(200);
    const policy = { resources: { repository: { '1': { block: ['*' as const] } } } };
    expect(await tokens.update(token.id, { policy })).toMatchObject({ policy, note: 'before' });
    expect(await status(secret)).toBe(403);
    expect(await status(secret, '/repositories/2')).toBe(200);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'updated', tokenId: token.id, fields: ['policy'] }),
    );
  });

  it('updates what is named and nothing else', async () => {
    const { tokens, time } = await lifeCycle(platform);
    const issued = { ...FULL, note: 'n', metadata: { team: 'a' }, expiresAt: new Date(time.now + DAY) };
    const { token } = await tokens.issue(issued);
    expect(await tokens.update(token.id, { note: 'm' })).toEqual({ ...token, note: 'm' });
    expect(await tokens.update(token.id, { expiresAt: null, metadata: null })).toMatchObject({
      note: 'm',
      metadata: null,
      expiresAt: null,
    });
  });

  it('A10 rotates: same ID, owner, policy and expiry; the old secret lives for its grace', async () => {
    const { tokens, status, time, events } = await lifeCycle(platform);
    const policy = { resources: { repository: { '2': { block: ['*' as const] } } } };
    const first = await tokens.issue({ ...FULL, policy, expiresAt: new Date(time.now + DAY) });
    expect(await status(first.secret)).toBe(200);
    const second = await tokens.rotate(first.token.id, { graceMs: 1_000 });
    expect(second.token).toEqual(first.token);
    expect(second.secret).not.toBe(first.secret);
    time.now += 999;
    expect(await status(first.secret)).toBe(200);
    expect(await status(second.secret)).toBe(200);
    expect(await status(second.secret, '/repositories/2')).toBe(403);
    time.now += 1;
    expect(await status(first.secret)).toBe(401);
    expect(await status(second.secret)).toBe(200);
    const types = events.map(({ type }) => type);
    expect(types).toEqual(['issued', 'rotated', 'denied', 'used-after-rotation']);
  });

  it('rotates without grace: the old secret is refused at once; twice, and only the last works', async () => {
    const { tokens, status } = await lifeCycle(platform);
    const first = await tokens.issue(FULL);
    expect(await status(first.secret)).toBe(200);
    const second = await tokens.rotate(first.token.id);
    expect(await status(first.secret)).toBe(401);
    const third = await tokens.rotate(first.token.id);
    expect([await status(first.secret), await status(second.secret), await status(third.secret)]).toEqual([
      401, 401, 200,
    ]);
  });

  it('F09 a rotation that fails leaves the old secret as it was', async () => {
    const { tokens, store, status } = await lifeCycle(platform);
    const { token, secret } = await tokens.issue(FULL);
    store.rotate = () => Promise.reject(new Error('connection lost'));
    await expect(tokens.rotate(token.id)).rejects.toThrow('connection lost');
    expect(await status(secret)).toBe(200);
  });

  it('pauses and resumes, at once', async () => {
    const { tokens, status, events } = await lifeCycle(platform);
    const { token, secret } = await tokens.issue(FULL);
    expect(await status(secret)).toBe(200);
    expect((await tokens.pause(token.id)).pausedAt).toBeInstanceOf(Date);
    expect(await status(secret)).toBe(401);
    expect((await tokens.resume(token.id)).pausedAt).toBeNull();
    expect(await status(secret)).toBe(200);
    expect(events.map(({ type }) => type)).toEqual(['issued', 'paused', 'refused', 'resumed']);
  });

  it('A08 A15 ends for good: the first date and reason stay, and nothing revives it', async () => {
    const { tokens, status, time, events } = await lifeCycle(platform);
    const { token, secret } = await tokens.issue(FULL);
    const ended = await tokens.invalidate(token.id, { reason: 'leaked' });
    expect(ended).toMatchObject({ invalidationReason: 'leaked', invalidatedAt: new Date(time.now) });
    time.now += 1;
    expect(await tokens.invalidate(token.id, { reason: 'again' })).toEqual(ended);
    for (const revive of [
      () => tokens.resume(token.id),
      () => tokens.pause(token.id),
      () => tokens.rotate(token.id),
      () => tokens.update(token.id, { expiresAt: null }),
    ]) {
      await expect(revive()).rejects.toMatchObject({ code: 'TOKEN_ENDED', field: 'id' });
    }
    expect(await status(secret)).toBe(401);
    expect(events.filter(({ type }) => type === 'invalidated')).toMatchObject([{ reason: 'leaked' }]);
  });

  it('ends the tokens of owners, of nobody and of everybody', async () => {
    const { tokens, status, events } = await lifeCycle(platform);
    const secrets = new Map<string, string>();
    for (const ownerId of ['a', 'b', 'c']) {
      const { secret } = await tokens.issue({ ownerId, policy: 'full-access' });
      secrets.set(ownerId, secret);
      expect(await status(secret)).toBe(200);
    }
    const statuses = () => Promise.all([...secrets.values()].map((secret) => status(secret)));
    expect(await tokens.invalidateMany({ owners: [] })).toBe(0);
    expect(await statuses()).toEqual([200, 200, 200]);
    expect(await tokens.invalidateMany({ owners: ['a', 'nobody'] }, { reason: 'left' })).toBe(1);
    expect(await statuses()).toEqual([401, 200, 200]);
    expect(await tokens.invalidateMany({ all: true })).toBe(2);
    expect(await statuses()).toEqual([401, 401, 401]);
    expect(events.filter(({ type }) => type === 'invalidated-many')).toMatchObject([
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
  ])('refuses the unsafe selector %j, and ends nobody', async (selector) => {
    const { tokens, status } = await lifeCycle(platform);
    const { secret } = await tokens.issue(FULL);
    await expect(tokens.invalidateMany(selector as never)).rejects.toMatchObject({ name: 'ApiTokenError' });
    expect(await status(secret)).toBe(200);
  });

  it('removes and prunes', async () => {
    const { tokens, status, time, events } = await lifeCycle(platform);
    const removed = await tokens.issue(FULL);
    expect(await status(removed.secret)).toBe(200);
    await tokens.remove(removed.token.id);
    expect(await status(removed.secret)).toBe(401);
    expect(await tokens.find(removed.token.id)).toBeNull();
    await expect(tokens.remove(removed.token.id)).rejects.toMatchObject({ code: 'TOKEN_NOT_FOUND' });
    expect(events.map(({ type }) => type)).toContain('removed');

    const expired = await tokens.issue({ ...FULL, lifetimeMs: 1_000 });
    const living = await tokens.issue(FULL);
    time.now += 2_000;
    expect(await tokens.prune({ before: new Date(time.now) })).toBe(1);
    expect(await tokens.find(expired.token.id)).toBeNull();
    expect(await status(living.secret)).toBe(200);
  });

  it('T03 refuses a token before its time, and after', async () => {
    const { tokens, status, time, events } = await lifeCycle(platform);
    const times = { notBefore: new Date(time.now + 1_000), expiresAt: new Date(time.now + 2_000) };
    const { token, secret } = await tokens.issue({ ...FULL, ...times });
    expect(token).toMatchObject(times);
    expect(await status(secret)).toBe(401);
    time.now += 1_000;
    expect(await status(secret)).toBe(200);
    time.now += 1_000;
    expect(await status(secret)).toBe(401);
    expect(events.map(({ type }) => type)).toEqual(['issued', 'refused', 'used-after-expiry']);
  });

  it('A07 holds lifetimes to their bounds, measured from the issue', async () => {
    const lifetimes = { minimumMs: 1_000, defaultMs: DAY, maximumMs: 2 * DAY };
    const { tokens, time } = await lifeCycle(platform, { lifetimes });
    const { token } = await tokens.issue(FULL);
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
      await expect(tokens.issue({ ...FULL, ...wrong })).rejects.toMatchObject({ code: 'INVALID_EXPIRY' });
    }
    time.now += DAY / 2;
    await tokens.update(token.id, { expiresAt: new Date(time.now + 1.5 * DAY) });
    for (const expiresAt of [null, new Date(time.now + 1.5 * DAY + 1)]) {
      await expect(tokens.update(token.id, { expiresAt })).rejects.toMatchObject({ code: 'INVALID_EXPIRY' });
    }
    expect(await tokens.list({ ownerId: 'grumpy' })).toHaveLength(1);
  });

  it('A11 holds the quota when 50 are issued at once', async () => {
    const { tokens, time } = await lifeCycle(platform, { maxTokensPerOwner: 10 });
    const issue = () => tokens.issue({ ...FULL, lifetimeMs: DAY });
    const answers = await Promise.allSettled(Array.from({ length: 50 }, issue));
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused).toHaveLength(40);
    expect(refused[0]!.reason).toMatchObject({ code: 'QUOTA_EXCEEDED', field: 'ownerId' });
    const [first] = await tokens.list({ ownerId: 'grumpy' });
    await tokens.invalidate(first!.id);
    await issue();
    await expect(issue()).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' });
    time.now += DAY;
    await expect(issue()).resolves.toBeDefined();
  });

  it('T15 T16 a disabled owner ends within the cache; a re-enabled one revives no ended token', async () => {
    const owners = new Set(['grumpy']);
    class Owners extends ApiTokenOwnerProvider {
      override load(ownerId: string): unknown {
        return owners.has(ownerId) ? { ownerId } : null;
      }
    }
    const { tokens, status } = await lifeCycle(platform, {
      ownerProvider: Owners,
      cache: { lifetimeMs: 30 },
    });
    const { secret } = await tokens.issue(FULL);
    const ended = await tokens.issue(FULL);
    await tokens.invalidate(ended.token.id);
    expect(await status(secret)).toBe(200);
    owners.clear();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await status(secret)).toBe(401);
    owners.add('grumpy');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await status(secret)).toBe(200);
    expect(await status(ended.secret)).toBe(401);
  });

  it('announces what expires soon, each token once', async () => {
    const { tokens, time, events } = await lifeCycle(platform);
    const soon = await tokens.issue({ ...FULL, lifetimeMs: DAY });
    await tokens.issue({ ...FULL, lifetimeMs: 3 * DAY });
    await tokens.issue(FULL);
    const [from, middle, until] = [0, 1, 2].map((days) => new Date(time.now + days * DAY));
    expect(await tokens.announceExpiring({ from: from!, until: middle! })).toBe(1);
    expect(await tokens.announceExpiring({ from: middle!, until: until! })).toBe(0);
    expect(events.filter(({ type }) => type === 'expiring-soon')).toMatchObject([
      { tokenId: soon.token.id, expiresAt: soon.token.expiresAt },
    ]);
  });

  it('F05 records the last use without a write per request, and loses none when it is stopped', async () => {
    const { server, tokens, store, time, status } = await lifeCycle(platform);
    const { token, secret } = await tokens.issue(FULL);
    let writes = 0;
    const recordUses = store.recordUses.bind(store);
    store.recordUses = (uses) => {
      writes += 1;
      return recordUses(uses);
    };
    for (let request = 0; request < 5; request += 1) {
      time.now += 10;
      await status(secret);
    }
    expect(writes).toBe(0);
    await server.app.close();
    expect(writes).toBe(1);
    expect((await store.findById(token.id))?.lastUsedAt).toEqual(new Date(time.now));
  });

  it('F05 a last use that can not be written harms nobody and is tried again', async () => {
    const { tokens, store, status, events } = await lifeCycle(platform, { lastUsed: { flushMs: 10 } });
    const { token, secret } = await tokens.issue(FULL);
    const recordUses = store.recordUses.bind(store);
    store.recordUses = () => Promise.reject(new Error('connection lost'));
    expect(await status(secret)).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(events).toContainEqual(expect.objectContaining({ type: 'faulted', component: 'repository' }));
    store.recordUses = recordUses;
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect((await store.findById(token.id))?.lastUsedAt).toBeInstanceOf(Date);
  });

  it('lastUsed: false records none', async () => {
    const { server, tokens, store, status } = await lifeCycle(platform, { lastUsed: false });
    const { token, secret } = await tokens.issue(FULL);
    await status(secret);
    await server.app.close();
    expect((await store.findById(token.id))?.lastUsedAt).toBeNull();
  });

  it('K06 a digest that was asked for before its token was issued is accepted at once', async () => {
    const { tokens, status, store } = await lifeCycle(platform);
    const { token, secret } = await tokens.issue(FULL);
    const other = new InMemoryApiTokenStore();
    const inserted = await store.findById(token.id);
    const later = await lifeCycle(platform, { repository: { useValue: other } });
    expect(await later.status(secret)).toBe(401);
    const { digest } = (await findDigest(store, secret))!;
    await later.tokens.import({ ...FULL, digest, createdAt: inserted!.createdAt });
    expect(await later.status(secret)).toBe(200);
    expect(await status(secret)).toBe(200);
  });

  it('K07 a flood of unknown secrets is bounded and pushes no token out', async () => {
    const { server, tokens, store, status } = await lifeCycle(platform, {
      cache: { maxTokens: 5, lifetimeMs: 60_000 },
    });
    const { secret } = await tokens.issue(FULL);
    const stranger = await lifeCycle(platform);
    expect(await status(secret)).toBe(200);
    let reads = 0;
    const findByDigest = store.findByDigest.bind(store);
    store.findByDigest = (digests) => {
      reads += 1;
      return findByDigest(digests);
    };
    for (let flood = 0; flood < 50; flood += 1) {
      const { secret: unknown } = await stranger.tokens.issue(FULL);
      expect((await server.send('GET', '/repositories', bearer(unknown))).status).toBe(401);
      expect((await server.send('GET', '/repositories', bearer(unknown))).status).toBe(401);
    }
    expect(reads).toBe(50);
    expect(await status(secret)).toBe(200);
    expect(reads).toBe(50);
  });

  it('K05 what is kept has an absolute lifetime, however often it is used', async () => {
    const { tokens, store, status } = await lifeCycle(platform, { cache: { lifetimeMs: 60 } });
    const { secret } = await tokens.issue(FULL);
    let reads = 0;
    const findByDigest = store.findByDigest.bind(store);
    store.findByDigest = (digests) => {
      reads += 1;
      return findByDigest(digests);
    };
    const end = Date.now() + 300;
    while (Date.now() < end) {
      expect(await status(secret)).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(reads).toBeGreaterThanOrEqual(3);
  });
});

/** The record of a secret, under the digest without a pepper. */
async function findDigest(store: InMemoryApiTokenStore, secret: string) {
  const { createHash } = await import('node:crypto');
  return store.findByDigest([`sha256:${createHash('sha256').update(secret).digest('base64url')}`]);
}
