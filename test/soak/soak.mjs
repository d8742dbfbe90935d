/**
 * Sends requests to the guard until each of its bounds is reached, and on: what it holds must stay what it is. SOAK_SECONDS
 * (70) is how long it takes in all.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Scope } from '@nestjs/common';
import { ApiTokenRepository, ApiTokenService, forge, InMemoryApiTokenStore, start } from './applications.mjs';

const SECONDS = Number(process.env.SOAK_SECONDS ?? 70);
const MIB = 1_048_576;
/** What a phase that is flat grows by at most: twice of what was measured, which is noise. */
const MAX_GROWTH_MIB = 8;
const MIN_REQUESTS = 200_000;
/** So many requests fill the cache with large policies. */
const LEAST_WARM_UP = 800;

const digestOf = (secret) => `sha256:${createHash('sha256').update(secret).digest('base64url')}`;

/** Finds any of these secrets, and makes a new row each time. */
class Rows extends ApiTokenRepository {
  constructor(secrets, rowOf) {
    super();
    this.numbers = new Map(secrets.map((secret, index) => [digestOf(secret), index]));
    this.rowOf = rowOf;
  }

  findByDigest([digest]) {
    const number = this.numbers.get(digest);
    if (number === undefined) return null;
    const row = {
      id: `token-${number}`,
      ownerId: 'owner',
      policy: '{}',
      expiresAt: null,
      revokedAt: null,
    };
    return { ...row, digest, ...this.rowOf?.(number) };
  }
}

/** Answers each look-up with another token, and can't write when one was used. */
class ManyTokens extends InMemoryApiTokenStore {
  found = 0;

  findByDigest([digest]) {
    this.found += 1;
    const row = { ownerId: 'owner', policy: '{}', expiresAt: null, revokedAt: null };
    return { ...row, digest, id: `token-${this.found}` };
  }

  recordUses() {
    return Promise.reject(new Error('The database is down.'));
  }
}

/** Never answers. */
class Hanging extends ApiTokenRepository {
  waiting = [];

  findByDigest() {
    // Held, as a driver holds what waits in its queue.
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/** Some 55 KB of JSON, unlike that of any other token. */
const ITEMS = Array.from({ length: 1_000 }, (_, item) => [
  `#${String(item).padStart(6, '0')}`,
  { allow: ['GET', 'HEAD'], block: ['*'] },
]);
const TEMPLATE = JSON.stringify({ resources: { project: Object.fromEntries(ITEMS) } });
const largePolicy = (number) => TEMPLATE.replaceAll('#', String(1_000 + number));

const manySecrets = (count) => Array.from({ length: count }, forge);

const PHASES = {
  async 'tokens that are read again and again (1,000)'() {
    const secrets = manySecrets(1_000);
    const { request } = await start({
      repository: { useValue: new Rows(secrets) },
      cache: { lifetimeMs: 1 },
    });
    return async (sent) => assert.equal(await request(secrets[sent % secrets.length]), 200);
  },
  async 'tokens that are kept nowhere (cache: false)'() {
    const store = new InMemoryApiTokenStore();
    const { app, request } = await start({ repository: { useValue: store }, cache: false });
    const { secret } = await app.get(ApiTokenService).issue({ ownerId: 'owner', policy: 'full-access' });
    return async () => assert.equal(await request(secret), 200);
  },
  async 'large policies (1,500 of 55 KB)'() {
    const secrets = manySecrets(1_500);
    const rows = new Rows(secrets, (number) => ({ policy: largePolicy(number) }));
    const { request } = await start({ repository: { useValue: rows }, cache: { lifetimeMs: 60_000 } });
    return async (sent) => assert.equal(await request(secrets[sent % secrets.length]), 200);
  },
  async 'strangers, whose tokens are unknown'() {
    const { request } = await start({ repository: { useValue: new Rows([]) } });
    return async () => assert.equal(await request(forge()), 401);
  },
  async 'strangers, while the database hangs'() {
    const options = { repository: { useValue: new Hanging() }, timeouts: { lookupMs: 20 } };
    const { request } = await start(options);
    let sent = [];
    return async () => {
      sent.push(request(forge()));
      if (sent.length < 1_000) return;
      assert.deepEqual([...new Set(await Promise.all(sent))], [503]);
      sent = [];
    };
  },
  async 'uses of ever new tokens that can not be written'() {
    const options = { repository: { useValue: new ManyTokens() }, cache: false, lastUsed: { flushMs: 50 } };
    const { request } = await start(options);
    return async () => assert.equal(await request(forge()), 200);
  },
  async 'handlers that each request binds anew'() {
    const secrets = manySecrets(1);
    const { request } = await start({ repository: { useValue: new Rows(secrets) } }, Scope.REQUEST);
    return async () => {
      const status = await request(
        secrets[0],
        Object.assign(() => undefined, {}),
      );
      assert.ok([200, 403].includes(status), `${status}`);
    };
  },
};

async function usedHeap() {
  await delay(1);
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function run(send, sent, milliseconds, least = 0) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end || sent < least) {
    for (let part = 0; part < 100; part += 1) await send((sent += 1));
    // As between the requests of a server: timers have their turn.
    await delay(0);
  }
  return sent;
}

let total = 0;
let isFlat = true;
const each = (SECONDS * 1_000) / Object.keys(PHASES).length;
for (const [name, prepare] of Object.entries(PHASES)) {
  const send = await prepare();
  let sent = await run(send, 0, 0.4 * each, LEAST_WARM_UP);
  const before = await usedHeap();
  const warm = sent;
  sent = await run(send, sent, 0.6 * each);
  const growth = ((await usedHeap()) - before) / MIB;
  const heap = (await usedHeap()) / MIB;
  const verdict = growth <= MAX_GROWTH_MIB ? 'flat' : 'GROWS';
  console.log(
    `soak: ${verdict}  ${growth.toFixed(1).padStart(6)} MiB in ${sent - warm} requests, ${heap.toFixed(0)} MiB in all: ${name}`,
  );
  if (growth > MAX_GROWTH_MIB) isFlat = false;
  total += sent;
}
console.log(`soak: ${total} requests in all`);
assert.ok(isFlat, `something grew by more than ${MAX_GROWTH_MIB} MiB`);
if (SECONDS >= 60) assert.ok(total >= MIN_REQUESTS, `${total} requests are too few`);
process.exit(0);
