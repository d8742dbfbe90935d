/** What the cache keeps at most, and for how long at most. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type ApiTokenFactoryOptions } from 'nestjs-api-token';
import { ApiTokenCache } from '../../../lib/authentication/api-token-cache.js';
import { usedHeap } from '../../support/collect-garbage.js';
import { Gate } from '../../support/eventually.js';
import { newServices } from '../../support/services.js';
import { everything, GatedStore } from '../../support/tokens.js';

// Many tokens, and the machine may be busy.
jest.setTimeout(30_000);

const MIB = 1_048_576;

type Cache = NonNullable<ApiTokenFactoryOptions['cache']>;

function startProcess(cache: Cache, store = new GatedStore(), clock = Date.now) {
  return newServices({ store, cache, clock });
}

/** Keeps the event loop busy, so that no timer goes off. */
function busyFor(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** A policy of some 55 KB that is no other token's. */
function largePolicy(number: number) {
  const items = Array.from({ length: 1_000 }, (_, index) => [
    String(1_000_000_000 + 1_000 * number + index),
    { allow: ['GET' as const, 'HEAD' as const], block: ['*' as const] },
  ]);
  return { resources: { project: Object.fromEntries(items) } };
}

afterEach(() => {
  jest.useRealTimers();
});

describe('how much is kept', () => {
  it('RL01: nothing of what has gone, after 60,000 tokens that came and went', async () => {
    const cache = new ApiTokenCache<{ tokenId: string; bytes: number }>({
      maxTokens: 10_000,
      maxBytes: 10 * MIB,
      lifetimeMs: 60_000,
    });
    const rounds = (count: number): void => {
      for (let round = 0; round < count; round += 1) {
        for (let key = 0; key < 100; key += 1)
          void cache.load(`k${key}`, () => ({ tokenId: `t${key}`, bytes: 100 }));
        for (let key = 0; key < 100; key += 1) cache.forget(`t${key}`);
      }
    };
    rounds(20);
    const before = await usedHeap();
    rounds(600);
    expect((await usedHeap()) - before).toBeLessThan(5 * MIB);
  });

  it('RL01: nor of strangers, whose digests are all different', async () => {
    const cache = new ApiTokenCache<{ tokenId: string; bytes: number }>({
      maxTokens: 10_000,
      maxBytes: 10 * MIB,
      lifetimeMs: 60_000,
    });
    const strangers = (from: number, until: number): void => {
      for (let key = from; key < until; key += 1) void cache.load(`unknown ${key}`, () => null);
    };
    strangers(0, 30_000);
    const before = await usedHeap();
    strangers(30_000, 90_000);
    expect((await usedHeap()) - before).toBeLessThan(5 * MIB);
  });

  it('RL02: large policies count by their size', async () => {
    const { store, tokens, authenticate } = await startProcess({ maxBytes: 4 * MIB });
    const secrets: string[] = [];
    for (let made = 0; made < 20; made += 1)
      secrets.push((await tokens.issue({ ...everything, policy: largePolicy(made) })).secret);
    for (const secret of secrets) expect(await authenticate(secret)).toBe('ok');
    expect(store.reads).toBe(20);
    expect(await authenticate(secrets[19]!)).toBe('ok');
    expect(store.reads).toBe(20);
    expect(await authenticate(secrets[0]!)).toBe('ok');
    expect(store.reads).toBe(21);
  });

  it.each<[string, object]>([
    ['notes', { note: 'n'.repeat(1_000) }],
    ['metadata', { metadata: { text: 'm'.repeat(1_000) } }],
  ])('RL02: and so do large %s', async (_, large) => {
    const { store, tokens, authenticate } = await startProcess({ maxBytes: 100_000 });
    const secrets: string[] = [];
    for (let made = 0; made < 40; made += 1)
      secrets.push((await tokens.issue({ ...everything, ...large })).secret);
    for (const secret of [...secrets, ...secrets.slice(0, 10)]) await authenticate(secret);
    expect(store.reads).toBe(50);
  });

  it('what was used last stays, and what was not goes first', async () => {
    const { store, tokens, authenticate } = await startProcess({ maxTokens: 2 });
    const secrets: string[] = [];
    for (let made = 0; made < 3; made += 1) secrets.push((await tokens.issue(everything)).secret);
    for (const use of [0, 1, 0, 2, 0]) await authenticate(secrets[use]!);
    expect(store.reads).toBe(3);
    await authenticate(secrets[1]!);
    expect(store.reads).toBe(4);
  });
});

describe('how long it is kept', () => {
  it('RX04: a clock that is set back prolongs nothing', async () => {
    const time = { now: Date.now() };
    const { store, tokens, authenticate } = await startProcess(
      { lifetimeMs: 40 },
      new GatedStore(),
      () => time.now,
    );
    const { secret } = await tokens.issue(everything);
    await authenticate(secret);
    time.now -= 3_600_000;
    busyFor(80);
    expect(await authenticate(secret)).toBe('ok');
    expect(store.reads).toBe(2);
  });

  it('RX04: many uses prolong nothing', async () => {
    const { store, tokens, authenticate } = await startProcess({ lifetimeMs: 60 });
    const { secret } = await tokens.issue(everything);
    const end = performance.now() + 150;
    while (performance.now() < end) {
      await authenticate(secret);
      busyFor(5);
    }
    expect(store.reads).toBeGreaterThanOrEqual(3);
  });

  it('RX04: fake timers of a test that uses the library move it on', async () => {
    const { store, tokens, authenticate } = await startProcess({ lifetimeMs: 5_000 });
    const { secret } = await tokens.issue(everything);
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    await authenticate(secret);
    jest.advanceTimersByTime(4_999);
    await authenticate(secret);
    expect(store.reads).toBe(1);
    jest.advanceTimersByTime(2);
    await authenticate(secret);
    expect(store.reads).toBe(2);
  });
});

describe('whose read a request may share', () => {
  async function endedElsewhere(cache: Cache, waitMs: number) {
    const store = new GatedStore();
    const here = await startProcess(cache, store);
    const there = await startProcess({}, store);
    const { secret, token } = await there.tokens.issue(everything);
    const gate = (store.gate = new Gate());
    const before = here.authenticate(secret);
    await there.tokens.revoke(token.id);
    await sleep(waitMs);
    const after = here.authenticate(secret);
    gate.open();
    return { store, answers: await Promise.all([before, after]) };
  }

  it('RL12: with a cache any other, so that many requests are one read', async () => {
    const { answers, store } = await endedElsewhere({ lifetimeMs: 60_000 }, 0);
    expect(answers).toEqual(['ok', 'ok']);
    expect(store.reads).toBe(1);
  });

  it('RL12: an older read that ends later takes no place from a younger one', async () => {
    const store = new GatedStore();
    const here = await startProcess({ lifetimeMs: 60 }, store);
    const there = await startProcess({}, store);
    const { secret, token } = await there.tokens.issue(everything);
    const old = (store.gate = new Gate());
    const first = here.authenticate(secret);
    await sleep(70);
    await there.tokens.pause(token.id);
    store.gate = null;
    expect(await here.authenticate(secret)).toBe('paused');
    old.open();
    expect(await first).toBe('ok');
    expect(await here.authenticate(secret)).toBe('paused');
  });
});
