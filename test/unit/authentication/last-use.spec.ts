import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { ApiTokenRepository } from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { everything, NotingStore } from '../../support/tokens.js';

const NOW = Date.parse('2026-11-22T00:00:00.000Z');

async function start(flushMs: number | false = 10) {
  const time = { nowMs: NOW };
  const services = newServices({
    store: new NotingStore(),
    clock: () => time.nowMs,
    lastUsed: flushMs === false ? false : { flushMs },
  });
  const { token, secret } = await services.tokens.issue(everything);
  return { ...services, time, token, secret };
}

describe('F05 the last use of a token', () => {
  it('is written once for many uses, with the time of the last', async () => {
    const { store, authenticate, secret, token, time, tokens } = await start();
    for (let use = 1; use <= 5; use += 1) {
      time.nowMs = NOW + use;
      await authenticate(secret);
    }
    expect(store.written).toEqual([]);
    await sleep(40);
    expect(store.written).toEqual([[[token.id, NOW + 5]]]);
    expect((await tokens.find(token.id))?.lastUsedAt).toEqual(new Date(NOW + 5));
    await sleep(40);
    expect(store.written).toHaveLength(1);
  });

  it('is written again after it was used again', async () => {
    const { store, authenticate, secret, token, time } = await start();
    await authenticate(secret);
    await sleep(40);
    time.nowMs += 7;
    await authenticate(secret);
    await sleep(40);
    expect(store.written).toEqual([[[token.id, NOW]], [[token.id, NOW + 7]]]);
  });

  it('is the latest of all of its secrets', async () => {
    const { store, close, authenticate, secret, token, time, tokens } = await start(60_000);
    const { secret: newer } = await tokens.rotate(token.id, { graceMs: 1_000 });
    await authenticate(newer);
    time.nowMs += 9;
    await authenticate(secret);
    await authenticate(newer);
    time.nowMs -= 4;
    await authenticate(newer);
    await close();
    expect(store.written).toEqual([[[token.id, NOW + 9]]]);
  });

  it('is not that of a secret that was rejected', async () => {
    const { store, close, authenticate, secret, token, tokens } = await start();
    await tokens.pause(token.id);
    await authenticate(secret);
    await sleep(40);
    await close();
    expect(store.written).toEqual([]);
  });

  it('is written when the application ends', async () => {
    const { store, close, authenticate, secret, token } = await start(60_000);
    await authenticate(secret);
    await close();
    expect(store.written).toEqual([[[token.id, NOW]]]);
  });

  it('is tried again where it could not be written, with what came since, and told', async () => {
    const { store, authenticate, secret, token, time, events } = await start();
    store.failure = Object.assign(new Error('The database is down.'), { code: 'ECONNRESET' });
    const write = store.recordUses.bind(store);
    store.recordUses = (uses) => {
      const writing = write(uses);
      store.failure = null;
      return writing;
    };
    events.length = 0;
    await authenticate(secret);
    await sleep(15);
    time.nowMs += 3;
    await authenticate(secret);
    await sleep(60);
    expect(store.written[0]).toEqual([[token.id, NOW]]);
    expect(store.written.at(-1)).toEqual([[token.id, NOW + 3]]);
    expect(events).toMatchObject([
      { type: 'faulted', component: 'repository', fault: { name: 'Error', code: 'ECONNRESET' } },
    ]);
  });

  it('is recorded for nobody who does not want it', async () => {
    const { store, close, authenticate, secret } = await start(false);
    await authenticate(secret);
    await close();
    expect(store.written).toEqual([]);
  });

  it('has nowhere to be written in a mere repository, which is no fault', async () => {
    const source = newServices();
    const { secret } = await source.tokens.issue(everything);
    class LookUpOnly extends ApiTokenRepository {
      override findByDigest(digests: readonly string[]) {
        return source.store.findByDigest(digests);
      }
    }
    const { close, authenticate, events } = newServices({ repository: { useValue: new LookUpOnly() } });
    expect(await authenticate(secret)).toBe('ok');
    await close();
    expect(events).toEqual([]);
  });
});
