import { createHash, createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { ApiTokenRepository, type ApiTokenPeppers } from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { everything, NotingStore } from '../../support/tokens.js';

const keys = { k1: 'first key, at least 16 bytes', k2: Buffer.alloc(32, 7) };

function start(current: string | null, store = new NotingStore()) {
  const peppers: ApiTokenPeppers | null = current === null ? null : { current, keys };
  return newServices({ store, token: { prefix: 'acme', ...(peppers && { peppers }) } });
}

function digestsOf(secret: string) {
  const hmac = (key: string | Uint8Array) => createHmac('sha256', key).update(secret).digest('base64url');
  return {
    sha256: `sha256:${createHash('sha256').update(secret).digest('base64url')}`,
    k1: `k1:${hmac(keys.k1)}`,
    k2: `k2:${hmac(keys.k2)}`,
  };
}

describe('a digest', () => {
  it('is SHA-256 where there is no pepper, and nothing else is asked for', async () => {
    const { tokens, store, authenticate } = await start(null);
    const { secret } = await tokens.issue(everything);
    expect(await authenticate(secret)).toBe('ok');
    expect(store.asked).toEqual([digestsOf(secret).sha256]);
    expect(store.replaced).toEqual([]);
  });

  it.each(['k1', 'k2'] as const)(
    'is made with the current key, %s; others and none are asked for too',
    async (current) => {
      const { tokens, store, authenticate } = await start(current);
      const { secret } = await tokens.issue(everything);
      expect(await authenticate(secret)).toBe('ok');
      const { sha256, k1, k2 } = digestsOf(secret);
      expect(store.asked).toEqual(current === 'k1' ? [k1, k2, sha256] : [k2, k1, sha256]);
      expect(store.replaced).toEqual([]);
    },
  );

  it('that was made with an old key, or without, is moved to the current one behind the request', async () => {
    const store = new NotingStore();
    const secrets: string[] = [];
    for (const current of [null, 'k1']) {
      const { tokens } = await start(current, store);
      secrets.push((await tokens.issue(everything)).secret);
    }
    const { close, authenticate } = await start('k2', store);
    for (const secret of secrets) expect(await authenticate(secret)).toBe('ok');
    await close();
    const [first, second] = secrets.map(digestsOf);
    expect(store.replaced).toEqual([
      [first!.sha256, first!.k2],
      [second!.k1, second!.k2],
    ]);
    expect(store.findByDigest([first!.sha256, second!.k1])).toBeNull();
    expect(store.findByDigest([first!.k2])).not.toBeNull();
  });

  it('that can not be moved stays, is told, and is tried again at the next look-up', async () => {
    const store = new NotingStore();
    const { tokens } = await start('k1', store);
    const { secret } = await tokens.issue(everything);
    const services = newServices({
      store,
      cache: false,
      token: { prefix: 'acme', peppers: { current: 'k2', keys } },
    });
    store.failure = new TypeError('password');
    expect(await services.authenticate(secret)).toBe('ok');
    await sleep(5);
    expect(services.events).toMatchObject([
      { type: 'faulted', component: 'repository', fault: { name: 'TypeError' } },
    ]);
    store.failure = null;
    expect(await services.authenticate(secret)).toBe('ok');
    await sleep(5);
    expect(store.replaced).toHaveLength(2);
    expect(store.findByDigest([digestsOf(secret).k2])).not.toBeNull();
  });

  it('is moved once where its token is looked up many times meanwhile', async () => {
    const store = new NotingStore();
    const { tokens } = await start('k1', store);
    const { secret } = await tokens.issue(everything);
    const services = newServices({
      store,
      cache: false,
      token: { prefix: 'acme', peppers: { current: 'k2', keys } },
    });
    for (let use = 0; use < 3; use += 1) services.authenticator.authenticate(secret);
    await services.close();
    expect(store.replaced).toHaveLength(1);
  });

  it('stays where it is in a mere repository, which is no fault', async () => {
    const source = await start('k1');
    const { secret } = await source.tokens.issue(everything);
    class LookUpOnly extends ApiTokenRepository {
      override findByDigest(digests: readonly string[]) {
        return source.store.findByDigest(digests);
      }
    }
    const { close, authenticate, events } = newServices({
      repository: { useValue: new LookUpOnly() },
      token: { prefix: 'acme', peppers: { current: 'k2', keys } },
    });
    expect(await authenticate(secret)).toBe('ok');
    await close();
    expect(events).toEqual([]);
  });

  it('whose move hangs does not keep the application from ending', async () => {
    const store = new NotingStore();
    const { tokens } = await start('k1', store);
    const secrets = [(await tokens.issue(everything)).secret, (await tokens.issue(everything)).secret];
    const services = newServices({
      store,
      timeouts: { managementMs: 30 },
      token: { prefix: 'acme', peppers: { current: 'k2', keys } },
    });
    store.replaceDigest = () => new Promise(() => undefined);
    for (const secret of secrets) await services.authenticate(secret);
    await services.close();
    expect(services.events.map((event) => event.type)).toContain('faulted');
  });
});
