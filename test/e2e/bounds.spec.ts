/** What strangers can't make grow: look-ups under way, and lines of the log. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import {
  ApiTokenAuthenticator,
  type ApiTokenEvent,
  ApiTokenEvents,
  type ApiTokenModuleExtras,
  type ApiTokenModuleOptions,
  type ApiTokenOwnerProvider,
  type ApiTokenRecord,
  ApiTokenService,
  InMemoryApiTokenStore,
} from 'nestjs-api-token';
import { bearer, PLATFORMS, type Platform, startApplication } from '../support/application.js';
import { eventually, Gate } from '../support/eventually.js';
import { capturedLog } from '../support/log.js';
import { reviewServer } from '../support/review-server.js';
import { everything, foreignSecret } from '../support/services.js';

// Thousands of look-ups, and the machine may be busy.
jest.setTimeout(30_000);

/** As many as may be under way at once. */
const MOST = 1_000;
const DEADLINE_MS = 100;

/** A store whose look-ups wait until a gate opens. */
class HangingStore extends InMemoryApiTokenStore {
  lookUps = 0;
  gate: Gate | null = null;

  override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
    this.lookUps += 1;
    const found = super.findByDigest(digests);
    return (this.gate?.opened.then(() => found) ?? found) as ApiTokenRecord | null;
  }
}

async function start(
  platform: Platform,
  overrides: Partial<ApiTokenModuleOptions & ApiTokenModuleExtras> = {},
) {
  const store = new HangingStore();
  const server = await startApplication(
    platform,
    reviewServer({ repository: { useValue: store }, deadlineMs: DEADLINE_MS, ...overrides }),
  );
  const authenticator = server.app.get(ApiTokenAuthenticator);
  const events: ApiTokenEvent[] = [];
  server.app.get(ApiTokenEvents).subscribe((event) => events.push(event));
  return {
    ...server,
    store,
    events,
    tokens: server.app.get(ApiTokenService),
    status: async (secret: string) => (await server.send('GET', '/repositories/1', bearer(secret))).status,
    /** Sends many forged tokens at once: how many of them were refused before the next turn. */
    flood: (count: number) => {
      let refused = 0;
      const answers = Array.from({ length: count }, async () => {
        const answer = authenticator.authenticate(foreignSecret());
        if ('ok' in answer) refused += 1;
        return answer;
      });
      return { refused, answers: Promise.all(answers) };
    },
  };
}

describe.each(PLATFORMS)('a database that hangs, and strangers, on %s', (platform) => {
  it('RL03: no more than 1,000 look-ups are under way; what comes above is refused at once', async () => {
    const { store, tokens, flood, status, events } = await start(platform, { deadlineMs: 20_000 });
    const kept = await tokens.issue(everything);
    expect(await status(kept.secret)).toBe(200);
    const other = await tokens.issue(everything);
    const gate = (store.gate = new Gate());
    store.lookUps = 0;
    const { refused, answers } = flood(3 * MOST);
    expect([store.lookUps, refused]).toEqual([MOST, 2 * MOST]);
    expect(await status(foreignSecret())).toBe(503);
    expect(await status(kept.secret)).toBe(200);
    expect(store.lookUps).toBe(MOST);
    const overload = { name: 'TooManyCalls', code: 'TOO_MANY_CALLS' };
    const faults = events.filter((event) => event.type === 'faulted');
    expect(faults).toHaveLength(2 * MOST + 1);
    expect(faults[0]).toMatchObject({ component: 'repository', fault: overload });
    gate.open();
    store.gate = null;
    expect(await status(other.secret)).toBe(200);
    await answers;
  });

  it('RL03: those that were given up count until they are answered', async () => {
    const { store, tokens, flood, status } = await start(platform);
    const { secret } = await tokens.issue(everything);
    const gate = (store.gate = new Gate());
    await flood(MOST).answers;
    expect(flood(10).refused).toBe(10);
    expect(await status(secret)).toBe(503);
    expect(store.lookUps).toBeLessThanOrEqual(MOST + 1);
    gate.open();
    store.gate = null;
    await delay(0);
    expect(await status(secret)).toBe(200);
  });

  it('RL03: those that are never answered shut nobody out for good', async () => {
    const { store, tokens, flood, status } = await start(platform);
    const { secret } = await tokens.issue(everything);
    store.gate = new Gate();
    await flood(MOST).answers;
    store.gate = null;
    await eventually(async () => expect(await status(secret)).toBe(200));
    const unknown = { ok: false, reason: 'unknown' };
    expect(await flood(2).answers).toEqual([unknown, unknown]);
  });

  it('RL03: an owner provider that hangs is asked no more often either', async () => {
    let asked = 0;
    const owners: ApiTokenOwnerProvider = {
      load: () => {
        asked += 1;
        return new Promise(() => undefined);
      },
    };
    const { app, tokens, events } = await start(platform, {
      ownerProvider: { useValue: owners },
      cache: false,
      deadlineMs: 20_000,
    });
    const { secret } = await tokens.issue(everything);
    const authenticator = app.get(ApiTokenAuthenticator);
    for (let use = 0; use < MOST + 50; use += 1) void authenticator.authenticate(secret);
    await eventually(() => expect(events.filter(({ type }) => type === 'faulted')).toHaveLength(50));
    expect(asked).toBe(MOST);
    expect(events.find(({ type }) => type === 'faulted')).toMatchObject({ component: 'owner-provider' });
  });

  it('RL03: who manages tokens has calls of their own', async () => {
    const { store, tokens, flood } = await start(platform);
    store.gate = new Gate();
    await flood(MOST).answers;
    const { token } = await tokens.issue(everything);
    expect((await tokens.invalidate(token.id)).invalidatedAt).toBeInstanceOf(Date);
  });
});

describe.each(PLATFORMS)('the log on %s', (platform) => {
  it('RL04: a database that is down writes one line a second, with how many were left out', async () => {
    const { store, status, events } = await start(platform);
    const log = capturedLog();
    store.findByDigest = () => {
      throw Object.assign(new Error(), { name: `DownOn${platform}`, code: 'ECONNREFUSED' });
    };
    for (let request = 0; request < 30; request += 1) expect(await status(foreignSecret())).toBe(503);
    const lines = () => log.error.filter((line) => line.includes(`DownOn${platform}`));
    await eventually(() => expect(lines().at(-1)).toMatch(/more like it/));
    expect(events.filter(({ type }) => type === 'faulted')).toHaveLength(30);
    expect(lines()[0]).toBe(`The repository failed with DownOn${platform} (ECONNREFUSED)`);
    expect(lines().length).toBeLessThanOrEqual(4);
    const counts = lines().map(
      (line) => 1 + Number(/ \(and (\d+) more like it within a second\)$/.exec(line)?.[1] ?? 0),
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(30);
  });

  it('RL04: another failure has lines of its own', async () => {
    const { store, status } = await start(platform);
    const log = capturedLog();
    const names = [`FirstOn${platform}`, `SecondOn${platform}`];
    for (const name of [...names, ...names]) {
      store.findByDigest = () => {
        throw Object.assign(new Error(), { name });
      };
      await status(foreignSecret());
    }
    const lines = log.error.filter((line) => line.includes(`On${platform}`));
    expect(lines).toEqual(names.map((name) => `The repository failed with ${name}`));
  });

  it('RL04: a damaged row that is read again and again writes one line a second', async () => {
    const { store, tokens, status, events } = await start(platform, { cache: false });
    const log = capturedLog();
    const { token, secret } = await tokens.issue(everything);
    await store.update(token.id, { policy: '{"resources":' });
    for (let request = 0; request < 20; request += 1) expect(await status(secret)).toBe(403);
    await store.update(token.id, { policy: '{"resources":{"nobody":{"*":{"block":["*"]}}}}' });
    expect(events.filter(({ type }) => type === 'policy-unresolved')).toHaveLength(20);
    const lines = log.error.filter((line) => line.includes(token.id));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(3);
  });

  it('RL04: names that are all different do not flood it, and are not kept', async () => {
    const { store, app } = await start(platform);
    const log = capturedLog();
    let name = 0;
    store.findByDigest = () => {
      throw Object.assign(new Error(), { name: `Error ${(name += 1)}` });
    };
    const authenticator = app.get(ApiTokenAuthenticator);
    for (let request = 0; request < 2_000; request += 1) await authenticator.authenticate(foreignSecret());
    expect(log.error.length).toBeLessThan(400);
    expect(log.error.at(-1)).toMatch(/^The repository failed with Error \d+/);
  });
});
