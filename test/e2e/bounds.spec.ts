/** What strangers can't make grow while a database hangs. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import {
  ApiTokenAuthenticator,
  type ApiTokenEvent,
  ApiTokenEvents,
  type ApiTokenModuleOptions,
  type ApiTokenOwnerProvider,
  type ApiTokenRecord,
  ApiTokenService,
} from 'nestjs-api-token';
import { bearer, type Platform, startApplication } from '../support/application.js';
import { eventually, Gate } from '../support/eventually.js';
import { reviewServer } from '../support/review-server.js';
import { everything, foreignSecret, GatedStore } from '../support/tokens.js';

// Thousands of look-ups, and the machine may be busy.
jest.setTimeout(30_000);

/** As many as may be under way at once. */
const MOST = 500;
const DEADLINE_MS = 100;

async function start(platform: Platform, overrides: Partial<ApiTokenModuleOptions> = {}) {
  const store = new GatedStore();
  const server = await startApplication(
    platform,
    reviewServer({ repository: { useValue: store }, timeouts: { lookupMs: DEADLINE_MS }, ...overrides }),
  );
  const authenticator = server.app.get(ApiTokenAuthenticator);
  const events: ApiTokenEvent[] = [];
  server.app.get(ApiTokenEvents).subscribe((event) => events.push(event));
  return {
    ...server,
    store,
    events,
    tokens: server.app.get(ApiTokenService),
    status: async (secret: string) => (await server.send('GET', '/projects/1', bearer(secret))).status,
    /** Sends many forged tokens at once: how many of them were rejected before the next turn. */
    flood: (count: number) => {
      let rejected = 0;
      const answers = Array.from({ length: count }, async () => {
        const answer = authenticator.authenticate(foreignSecret());
        if ('ok' in answer) rejected += 1;
        return answer;
      });
      return { rejected, answers: Promise.all(answers) };
    },
  };
}

describe('a database that hangs, and strangers', () => {
  it('RL03: no more than 500 look-ups are under way; what comes above is rejected at once', async () => {
    const { store, tokens, flood, status, events } = await start('Express', {
      timeouts: { lookupMs: 20_000 },
    });
    const kept = await tokens.issue(everything);
    expect(await status(kept.secret)).toBe(200);
    const other = await tokens.issue(everything);
    const gate = (store.gate = new Gate());
    store.reads = 0;
    const { rejected, answers } = flood(3 * MOST);
    expect([store.reads, rejected]).toEqual([MOST, 2 * MOST]);
    expect(await status(foreignSecret())).toBe(503);
    expect(await status(kept.secret)).toBe(200);
    expect(store.reads).toBe(MOST);
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
    const { store, tokens, flood, status } = await start('Express');
    const { secret } = await tokens.issue(everything);
    const gate = (store.gate = new Gate());
    await flood(MOST).answers;
    expect(flood(10).rejected).toBe(10);
    expect(await status(secret)).toBe(503);
    expect(store.reads).toBeLessThanOrEqual(MOST + 1);
    gate.open();
    store.gate = null;
    await delay(0);
    expect(await status(secret)).toBe(200);
  });

  it('RL03: those that are never answered shut nobody out for good', async () => {
    const { store, tokens, flood, status } = await start('Express');
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
    const gate = new Gate();
    const owners: ApiTokenOwnerProvider = {
      load: async () => {
        asked += 1;
        await gate.opened;
        return {};
      },
    };
    const { app, tokens, events } = await start('Express', {
      ownerProvider: { useValue: owners },
      cache: false,
      timeouts: { lookupMs: 20_000 },
    });
    const { secret } = await tokens.issue(everything);
    const authenticator = app.get(ApiTokenAuthenticator);
    const answers = Array.from({ length: MOST + 50 }, () => authenticator.authenticate(secret));
    await eventually(() => expect(events.filter(({ type }) => type === 'faulted')).toHaveLength(50));
    expect(asked).toBe(MOST);
    expect(events.find(({ type }) => type === 'faulted')).toMatchObject({ component: 'owner-provider' });
    gate.open();
    await Promise.all(answers);
  });

  it('RL03: who manages tokens has calls of their own', async () => {
    const { store, tokens, flood } = await start('Express');
    store.gate = new Gate();
    await flood(MOST).answers;
    const { token } = await tokens.issue(everything);
    expect((await tokens.revoke(token.id)).revokedAt).toBeInstanceOf(Date);
  });
});

/** Answers each look-up with another token, and takes no last use. */
class ManyTokensStore extends GatedStore {
  attempts = 0;
  #found = 0;

  override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
    const found = super.findByDigest(digests);
    return found && { ...found, id: `token-${(this.#found += 1)}` };
  }

  override recordUses(): Promise<void> {
    this.attempts += 1;
    return Promise.reject(new Error('down'));
  }
}

describe('last uses that can not be written', () => {
  it('RL02: are not tried more often the more there are', async () => {
    const store = new ManyTokensStore();
    const { app, tokens } = await start('Express', { repository: { useValue: store }, cache: false });
    const { secret } = await tokens.issue(everything);
    const authenticator = app.get(ApiTokenAuthenticator);
    for (let use = 0; use < 12_000; use += 1) await authenticator.authenticate(secret);
    await delay(50);
    // Once before its time, because there are so many; then each flushMs, which is a minute.
    expect(store.attempts).toBe(1);
  });
});

describe('a store that hangs, and those who manage tokens', () => {
  it('RL03: no more than 10,000 calls are under way; what comes above is rejected, and changes nothing', async () => {
    const { store, tokens } = await start('Express', { timeouts: { managementMs: 20_000 } });
    const gate = new Gate();
    const { list } = store;
    let asked = 0;
    store.list = async (...page) => {
      asked += 1;
      await gate.opened;
      return list.apply(store, page);
    };
    const calls = Array.from({ length: 10_000 }, () => tokens.list({ ownerId: 'grumpy' }));
    await expect(tokens.list({ ownerId: 'grumpy' })).rejects.toMatchObject({
      name: 'ApiTokenError',
      code: 'TOO_MANY_CALLS',
    });
    expect(asked).toBe(10_000);
    gate.open();
    expect(await Promise.all(calls)).toHaveLength(10_000);
    expect(await tokens.list({ ownerId: 'grumpy' })).toEqual([]);
  });
});
