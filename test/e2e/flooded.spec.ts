import type { LoggerService } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import {
  type ApiTokenEvent,
  ApiTokenEvents,
  type ApiTokenRecord,
  ApiTokenService,
  CurrentApiToken,
  type ApiToken,
  DefaultTokenGenerator,
  InMemoryApiTokenStore,
  PolicyId,
} from 'nestjs-api-token';
import { Controller, Get } from '@nestjs/common';
import { bearer, PLATFORMS, type Platform, startApplication } from '../support/application.js';
import { reviewServer } from '../support/review-server.js';

jest.setTimeout(60_000);

const FULL = { ownerId: 'grumpy', policy: 'full-access' } as const;

/** Hangs until it is released, as a database does that is locked. */
class HangingStore extends InMemoryApiTokenStore {
  lookUps = 0;
  #held: (() => void)[] | null = null;

  hang(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    held.forEach((answer) => answer());
  }

  override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
    this.lookUps += 1;
    const held = this.#held;
    if (held === null) return super.findByDigest(digests);
    return new Promise((resolve) => held.push(() => resolve(super.findByDigest(digests)))) as never;
  }
}

/** Keeps the lines that are logged. */
class Lines implements LoggerService {
  readonly lines: string[] = [];
  log = () => undefined;
  error = (line: unknown) => void this.lines.push(String(line));
  warn = (line: unknown) => void this.lines.push(String(line));
}

async function start(platform: Platform, options: Parameters<typeof reviewServer>[0] = {}) {
  const store = new HangingStore();
  const server = await startApplication(
    platform,
    reviewServer({ repository: { useValue: store }, ...options }),
  );
  const log = new Lines();
  server.app.useLogger(log);
  const events: ApiTokenEvent[] = [];
  server.app.get(ApiTokenEvents).subscribe((event) => events.push(event));
  const status = async (secret: string) =>
    (await server.send('GET', '/repositories/1', bearer(secret))).status;
  return { ...server, store, status, events, log, tokens: server.app.get(ApiTokenService) };
}

describe.each(PLATFORMS)('a database that hangs while strangers send forged tokens, on %s', (platform) => {
  it('RL03 bounds the look-ups under way, answers 503 at once above, and serves within a second after', async () => {
    const { store, status, tokens, events } = await start(platform, {
      deadlineMs: 200,
      cache: { lifetimeMs: 10_000 },
    });
    const generator = new DefaultTokenGenerator({ prefix: 'acme' });
    const kept = await tokens.issue(FULL);
    const cold = await tokens.issue(FULL);
    expect(await status(kept.secret)).toBe(200);
    store.hang();
    store.lookUps = 0;
    const forge = () => status(generator.generate());
    const first = await Promise.all(Array.from({ length: 700 }, forge));
    expect(new Set(first)).toEqual(new Set([503]));
    // One more a second tries whether there are answers again.
    const atMost = 505;
    expect(store.lookUps).toBeGreaterThanOrEqual(500);
    expect(store.lookUps).toBeLessThanOrEqual(atMost);
    // Those that were given up are still on their way. The first may be the one that tries.
    expect(await forge()).toBe(503);
    const begin = performance.now();
    expect(await forge()).toBe(503);
    expect(performance.now() - begin).toBeLessThan(150);
    expect(store.lookUps).toBeLessThanOrEqual(atMost);
    expect(await status(kept.secret)).toBe(200);
    const released = performance.now();
    store.release();
    expect(await status(cold.secret)).toBe(200);
    expect(performance.now() - released).toBeLessThan(1_000);
    expect(events.filter(({ type }) => type === 'faulted')).toHaveLength(702);
  });

  it('RL04 logs a line a second for a component and a name, with a count, and emits every event', async () => {
    const { store, status, tokens, events, log } = await start(platform, { cache: false });
    const { secret } = await tokens.issue(FULL);
    store.findByDigest = () => {
      throw Object.assign(new TypeError('no such table'), { code: '42P01' });
    };
    for (let sent = 0; sent < 50; sent += 1) expect(await status(secret)).toBe(503);
    expect(events.filter(({ type }) => type === 'faulted')).toHaveLength(50);
    expect(log.lines).toEqual(['The repository failed with TypeError (42P01)']);
    // Another name has a line of its own.
    store.findByDigest = () => {
      throw new RangeError('other');
    };
    expect(await status(secret)).toBe(503);
    expect(log.lines).toHaveLength(2);
    await sleep(1_100);
    expect(log.lines).toEqual([
      'The repository failed with TypeError (42P01)',
      'The repository failed with RangeError',
      'The repository failed with TypeError (42P01) (and 49 more in the last second)',
    ]);
  });

  it('RL04 counts names beyond a hundred together, as a driver may make up a new one each time', async () => {
    const { store, status, tokens, log } = await start(platform, { cache: false });
    const { secret } = await tokens.issue(FULL);
    let made = 0;
    store.findByDigest = () => {
      made += 1;
      throw Object.assign(new Error('at sea'), { code: `E${made}` });
    };
    // At once, so that they are of one second on a busy machine, too.
    await Promise.all(Array.from({ length: 130 }, () => status(secret)));
    expect(log.lines.length).toBeLessThanOrEqual(101);
  });

  it.each([
    ['a damaged policy', '{"resources":[]}', /is damaged/],
    [
      'a policy that names a policy ID which no route has',
      '{"resources":{"gone":{"*":{"block":["*"]}}}}',
      /no route has/,
    ],
  ])('RL04 logs %s once a second, however often its token is used', async (_, policy, line) => {
    const { store, status, tokens, log } = await start(platform, { cache: false });
    const { secret } = await tokens.issue(FULL);
    const find = store.findByDigest.bind(store);
    store.findByDigest = (digests) => {
      const found = find(digests);
      return found && { ...found, policy };
    };
    for (let sent = 0; sent < 20; sent += 1) await status(secret);
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toMatch(line);
  });
});

describe.each(PLATFORMS)('RL11 what a handler changes in its token, on %s', (platform) => {
  const attempts: Record<string, (token: ApiToken) => unknown> = {
    'a part of the metadata': (token) =>
      ((token.metadata as { team: { name: string } }).team.name = 'changed'),
    'an element of a list in the metadata': (token) =>
      (token.metadata as { tags: string[] }).tags.push('changed'),
    'the metadata': (token) => Object.assign(token.metadata!, { added: true }),
    'a date': (token) => token.expiresAt!.setFullYear(1999),
    'a date, by its milliseconds': (token) => token.createdAt!.setTime(0),
    'a date, by one of the oldest setters': (token) =>
      (token.expiresAt as unknown as { setYear(year: number): void }).setYear(99),
    'the policy': (token) => Object.assign(token.policy!, { resources: {} }),
    'the token': (token) => Object.assign(token, { ownerId: 'eve' }),
  };
  const seen: string[] = [];
  let attempt = '';

  @PolicyId('repository')
  @Controller('repositories')
  class ChangingController {
    @Get()
    change(@CurrentApiToken() token: ApiToken) {
      seen.push(JSON.stringify(token));
      try {
        attempts[attempt]!(token);
      } catch (error) {
        return { outcome: (error as Error).name };
      }
      return { outcome: 'changed' };
    }
  }

  it.each(Object.keys(attempts))('is not seen by the next request: %s', async (name) => {
    const { app, send } = await startApplication(platform, {
      ...reviewServer(),
      controllers: [ChangingController],
    });
    const { secret } = await app.get(ApiTokenService).issue({
      ...FULL,
      metadata: { team: { name: 'infra' }, tags: ['a'] },
      expiresAt: new Date('2199-01-01'),
    });
    attempt = name;
    seen.length = 0;
    for (let sent = 0; sent < 2; sent += 1) {
      expect((await send('GET', '/repositories', bearer(secret))).body).toEqual({ outcome: 'TypeError' });
    }
    expect(seen[1]).toBe(seen[0]);
  });
});
