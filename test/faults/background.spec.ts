/** What is written behind the back of requests, and at the end. */
import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiTokenAuthenticator, ApiTokenRepository, DefaultTokenGenerator } from 'nestjs-api-token';
import { createApplication } from '../support/application.js';
import { countHeld } from '../support/collect-garbage.js';
import { eventually } from '../support/eventually.js';
import { DEADLINE_MS, PROMISES, startFaultyServer } from '../support/faults.js';
import { reviewServer } from '../support/review-server.js';
import { everything } from '../support/tokens.js';

const PEPPERED = { prefix: 'acme', peppers: { current: 'a', keys: { a: 'a'.repeat(32) } } };
const TOO_LATE = expect.objectContaining({
  type: 'faulted',
  component: 'repository',
  fault: { name: 'ApiTokenError', code: 'DEADLINE_EXCEEDED' },
});

describe('what is written in the background', () => {
  it('F05 a last use whose writing hangs is given up at its deadline and written again', async () => {
    const lastUsed = { flushMs: 5 };
    const { store, token, status, events } = await startFaultyServer({ lastUsed });
    store.spoil('recordUses', PROMISES.hangs);
    expect(await status()).toBe(200);
    await eventually(() => expect(events).toContainEqual(TOO_LATE));
    store.heal('recordUses');
    await eventually(async () => expect((await store.findById(token.id))?.lastUsedAt).toBeInstanceOf(Date));
  });

  it('F05 the end waits for what is being written already', async () => {
    const overrides = { lastUsed: { flushMs: 1 }, timeouts: { managementMs: 1_000 } };
    const { server, store, token, status } = await startFaultyServer(overrides);
    const writing = new Promise<void>((begun) => {
      store.spoil('recordUses', async (write) => {
        begun();
        await delay(50);
        return write();
      });
    });
    await status();
    await writing;
    await server.app.close();
    expect((await store.findById(token.id))?.lastUsedAt).toBeInstanceOf(Date);
  });

  /** A server under a new pepper, to which the digests of so many tokens have to be moved. */
  async function moving(count: number) {
    const { store, tokens } = await startFaultyServer();
    const secrets: string[] = [];
    while (secrets.length < count) secrets.push((await tokens.issue(everything)).secret);
    const overrides = { repository: { useValue: store }, token: PEPPERED };
    return { ...(await startFaultyServer(overrides)), store, secrets };
  }

  it('F02 a digest that hangs does not keep the next from moving', async () => {
    const { store, status, secrets, events } = await moving(2);
    let moved = 0;
    store.spoil('replaceDigest', (move) => {
      moved += 1;
      return moved === 1 ? new Promise(() => undefined) : move();
    });
    for (const secret of secrets) expect(await status(secret)).toBe(200);
    await eventually(() => expect(moved).toBe(2));
    expect(events).toContainEqual(TOO_LATE);
  });

  it('F02 a store that hangs does not keep the application from ending', async () => {
    const { server, store, status, secrets, events } = await moving(100);
    store.spoil('recordUses', PROMISES.hangs);
    let moved = 0;
    store.spoil('replaceDigest', () => {
      moved += 1;
      return new Promise(() => undefined);
    });
    await Promise.all(secrets.map((secret) => status(secret)));
    const before = performance.now();
    await server.app.close();
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(events).toContainEqual(TOO_LATE);
    const begun = moved;
    await delay(3 * DEADLINE_MS);
    expect(moved).toBeLessThanOrEqual(begun + 1);
  });

  it('a mere repository, which can not keep uses, makes the process keep none', async () => {
    class Lookup extends ApiTokenRepository {
      override findByDigest([digest]: readonly string[]) {
        return { ...everything, policy: '{}', id: '1', digest: digest!, expiresAt: null, revokedAt: null };
      }
    }
    const app = await createApplication(
      'Express',
      reviewServer({ repository: Lookup, cache: false, lastUsed: { flushMs: 5 } }),
    );
    await app.init();
    const authenticator = app.get(ApiTokenAuthenticator);
    const secret = new DefaultTokenGenerator({ prefix: 'acme' }).generate();
    const used: WeakRef<object>[] = [];
    for (let use = 0; use < 100; use += 1) {
      const answer = await authenticator.authenticate(secret);
      if (answer.ok) used.push(new WeakRef(answer.token));
    }
    expect(used).toHaveLength(100);
    await eventually(async () => expect(await countHeld(used)).toBeLessThan(10));
  });
});
