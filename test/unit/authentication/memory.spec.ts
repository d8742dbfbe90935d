import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { type ApiTokenRecord, InMemoryApiTokenStore, type ApiTokenFactoryOptions } from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { everything, foreignSecret } from '../../support/tokens.js';

jest.setTimeout(60_000);

const MIB = 1_048_576;

async function heapUsed(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  await sleep(5);
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** A policy of about so many characters, unlike any other. */
function largePolicy(characters: number, seed: number) {
  const items = Math.ceil(characters / 40);
  const sections = Array.from({ length: items }, (_, item) => [
    `${seed * 1_000_000 + item}`,
    { block: ['DELETE', 'PATCH'] },
  ]);
  return { resources: { project: Object.fromEntries(sections) as Record<string, { block: string[] }> } };
}

async function startWith(
  cache: NonNullable<ApiTokenFactoryOptions['cache']> | undefined,
  tokens: number,
  policy?: number,
) {
  const services = newServices({
    store: new InMemoryApiTokenStore(),
    ...(cache !== undefined && { cache }),
  });
  const secrets: string[] = [];
  for (let made = 0; made < tokens; made += 1) {
    const document = policy === undefined ? 'full-access' : largePolicy(policy, made);
    secrets.push((await services.tokens.issue({ ...everything, policy: document as never })).secret);
  }
  return { ...services, secrets };
}

describe('the memory that authentication takes', () => {
  it('RL01 stays flat while tokens leave the cache and come back', async () => {
    // As 1,000 active tokens do that are read again every five seconds, for three minutes.
    const { secrets, authenticator } = await startWith({ lifetimeMs: 1 }, 1_000);
    const round = async () => {
      for (const secret of secrets) await authenticator.authenticate(secret);
      await sleep(2);
    };
    for (let warm = 0; warm < 10; warm += 1) await round();
    const before = await heapUsed();
    for (let rounds = 0; rounds < 36; rounds += 1) await round();

    expect((await heapUsed()) - before).toBeLessThan(2.4 * MIB);
  });

  it.each([1, 50])('RL02 stays flat where nothing is kept, for %s tokens', async (count) => {
    const { secrets, authenticator } = await startWith(false, count);
    const requests = async (times: number) => {
      for (let sent = 0; sent < times; sent += 1) await authenticator.authenticate(secrets[sent % count]!);
    };
    await requests(2_000);
    const before = await heapUsed();
    await requests(20_000);

    expect((await heapUsed()) - before).toBeLessThan(1.3 * MIB);
  });

  it('RL02 is bounded in bytes, and what was used longest ago makes room', async () => {
    const POLICY = 20_000;
    const { store, secrets, authenticate, evaluator, authenticator } = await startWith(
      { maxBytes: 8 * MIB },
      100,
      POLICY,
    );
    const lookUp = jest.spyOn(store, 'findByDigest');
    const before = await heapUsed();
    for (const secret of secrets) {
      const answer = await authenticator.authenticate(secret);
      // As a request does.
      if (answer.ok) evaluator.compiled(answer.token).allows('project', 'GET', '1');
    }
    expect((await heapUsed()) - before).toBeLessThan(24 * MIB);
    lookUp.mockClear();
    expect(await authenticate(secrets.at(-1)!)).toBe('ok');
    expect(lookUp).not.toHaveBeenCalled();
    expect(await authenticate(secrets[0]!)).toBe('ok');
    expect(lookUp).toHaveBeenCalledTimes(1);
  });

  it('RL02 lets a token in that is larger than the whole cache, and keeps it not', async () => {
    const { store, secrets, authenticate, tokens } = await startWith({ maxBytes: 10_000 }, 1, 20_000);
    const lookUp = jest.spyOn(store, 'findByDigest');
    for (let use = 0; use < 3; use += 1) expect(await authenticate(secrets[0]!)).toBe('ok');
    expect(lookUp).toHaveBeenCalledTimes(3);
    await tokens.revokeMany({ all: true });
    expect(await authenticate(secrets[0]!)).toBe('revoked');
  });

  it('RL02 holds times of last use of no more tokens than it may, where the store takes none', async () => {
    const { store, authenticator, secrets } = await startWith(false, 1);
    // Not spies, which keep what they were called with.
    store.recordUses = () => Promise.reject(new Error('The database is down.'));
    const find = store.findByDigest.bind(store);
    let id = 0;
    store.findByDigest = (digests): ApiTokenRecord | null => {
      const found = find(digests);
      return found && { ...found, id: `token-${(id += 1)}` };
    };
    const use = async (times: number) => {
      for (let used = 0; used < times; used += 1) await authenticator.authenticate(secrets[0]!);
    };
    await use(20_000);
    const before = await heapUsed();
    await use(25_000);

    expect((await heapUsed()) - before).toBeLessThan(1.8 * MIB);
  });
});

/** Answers look-ups late: with what there was when each began. */
class LateStore extends InMemoryApiTokenStore {
  readonly waiting: (() => void)[] = [];
  isLate = false;

  override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
    const found = super.findByDigest(digests);
    if (!this.isLate) return found;
    return new Promise((resolve) => this.waiting.push(() => resolve(found))) as never;
  }
}

describe('how old an answer may be', () => {
  it('RL12 joins no read that began before, where nothing is kept', async () => {
    const store = new LateStore();
    const here = newServices({ store, cache: false });
    const there = newServices({ store });
    const { secret, token } = await there.tokens.issue(everything);
    store.isLate = true;
    const first = here.authenticate(secret);
    await there.tokens.revoke(token.id);
    const second = here.authenticate(secret);
    store.waiting.forEach((answer) => answer());
    expect(await first).toBe('ok');
    expect(await second).toBe('revoked');
  });

  it('RL12 joins no read that is older than a token may be kept', async () => {
    const store = new LateStore();
    const here = newServices({ store, cache: { lifetimeMs: 30 } });
    const there = newServices({ store });
    const { secret, token } = await there.tokens.issue(everything);
    store.isLate = true;
    const first = here.authenticate(secret);
    await there.tokens.revoke(token.id);
    await sleep(40);
    const second = here.authenticate(secret);
    store.waiting.forEach((answer) => answer());
    expect(await first).toBe('ok');
    expect(await second).toBe('revoked');
  });

  it('RL12 counts the age from when a read began', async () => {
    const store = new LateStore();
    const here = newServices({ store, cache: { lifetimeMs: 60 } });
    const there = newServices({ store });
    const { secret, token } = await there.tokens.issue(everything);
    store.isLate = true;
    const first = here.authenticate(secret);
    await there.tokens.revoke(token.id);
    await sleep(50);
    store.waiting.forEach((answer) => answer());
    expect(await first).toBe('ok');
    store.isLate = false;
    await sleep(20);
    expect(await here.authenticate(secret)).toBe('revoked');
  });

  it('RX04 is asked of a clock when it is read, also where the process was busy', async () => {
    const store = new InMemoryApiTokenStore();
    const here = newServices({ store, cache: { lifetimeMs: 30 } });
    const there = newServices({ store });
    const { secret, token } = await there.tokens.issue(everything);
    expect(await here.authenticate(secret)).toBe('ok');
    await there.tokens.revoke(token.id);
    const end = performance.now() + 60;
    while (performance.now() < end);
    // No timer has had its turn.
    const answer = here.authenticator.authenticate(secret);
    expect(answer).toMatchObject({ ok: false, reason: 'revoked' });
  });

  it.each([-3_600_000, 3_600_000])('RX04 does not depend on the time of day, set by %s ms', async (shift) => {
    const time = { now: Date.now() };
    const store = new InMemoryApiTokenStore();
    const here = newServices({ store, cache: { lifetimeMs: 30 }, clock: () => time.now });
    const there = newServices({ store });
    const { secret, token } = await there.tokens.issue(everything);
    expect(await here.authenticate(secret)).toBe('ok');
    await there.tokens.revoke(token.id);
    time.now += shift;
    await sleep(40);
    expect(await here.authenticate(secret)).toBe('revoked');
  });

  it('RX04 holds for unknown secrets too', async () => {
    const store = new InMemoryApiTokenStore();
    const here = newServices({ store, cache: { lifetimeMs: 30 } });
    const there = newServices({ store });
    const secret = foreignSecret();
    expect(await here.authenticate(secret)).toBe('unknown');
    await there.tokens.import({ ...everything, secret });
    const end = performance.now() + 60;
    while (performance.now() < end);
    expect(here.authenticator.authenticate(secret)).toMatchObject({ ok: true });
  });
});
