import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import {
  type ApiTokenRecord,
  type ApiTokenService,
  InMemoryApiTokenStore,
  type ApiTokenFactoryOptions,
} from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { everything, foreignSecret } from '../../support/tokens.js';

/** Counts the look-ups, and answers them as late as a test wants. */
class WatchedStore extends InMemoryApiTokenStore {
  lookUps = 0;
  /** What look-ups wait for; null where they answer at once. */
  answering: Promise<void> | null = null;

  override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
    this.lookUps += 1;
    const found = super.findByDigest(digests);
    const answer = this.answering?.then(() => found) ?? found;
    return answer as ApiTokenRecord | null;
  }

  /** Holds answers back until the function that is returned is called. */
  hold(): () => void {
    let release = (): void => undefined;
    this.answering = new Promise((resolve) => (release = resolve));
    return () => {
      this.answering = null;
      release();
    };
  }
}

/** A process of an application, on a store that it may share with others. */
function startProcess(cache?: NonNullable<ApiTokenFactoryOptions['cache']>, store = new WatchedStore()) {
  return newServices({ store, ...(cache !== undefined && { cache }) });
}

describe.each(['at once', 'later'])('tokens of a store that answers %s', (when) => {
  async function startWatched(cache?: NonNullable<ApiTokenFactoryOptions['cache']>) {
    const started = await startProcess(cache);
    if (when === 'later') started.store.answering = Promise.resolve();
    return started;
  }

  it('are looked up once', async () => {
    const { store, tokens, authenticate } = await startWatched();
    const { secret } = await tokens.issue(everything);
    for (let use = 0; use < 3; use += 1) expect(await authenticate(secret)).toBe('ok');
    expect(store.lookUps).toBe(1);
  });

  it('are looked up once where there are none', async () => {
    const { store, authenticate } = await startWatched();
    const secret = foreignSecret();
    for (let use = 0; use < 3; use += 1) expect(await authenticate(secret)).toBe('unknown');
    expect(store.lookUps).toBe(1);
  });

  it('are looked up each time where nothing is kept', async () => {
    const { store, tokens, authenticate } = await startWatched(false);
    const { secret, token } = await tokens.issue(everything);
    for (let use = 0; use < 3; use += 1) expect(await authenticate(secret)).toBe('ok');
    expect(store.lookUps).toBe(3);
    await tokens.pause(token.id);
    expect(await authenticate(secret)).toBe('paused');
    await tokens.revokeMany({ all: true });
    expect(await authenticate(secret)).toBe('revoked');
    const imported = foreignSecret();
    expect(await authenticate(imported)).toBe('unknown');
    await tokens.import({ ...everything, secret: imported });
    expect(await authenticate(imported)).toBe('ok');
  });

  it('are looked up anew when they have changed, and no others are', async () => {
    const { store, tokens, authenticate } = await startWatched();
    const changed = await tokens.issue(everything);
    const other = await tokens.issue(everything);
    for (const { secret } of [changed, other]) await authenticate(secret);
    await tokens.pause(changed.token.id);
    expect(await authenticate(changed.secret)).toBe('paused');
    expect(await authenticate(other.secret)).toBe('ok');
    expect(store.lookUps).toBe(3);
  });

  it('K01 are rejected at once when all tokens of an owner are ended', async () => {
    const { tokens, authenticate } = await startWatched();
    const { secret } = await tokens.issue(everything);
    expect(await authenticate(secret)).toBe('ok');
    await tokens.revokeMany({ owners: ['grumpy'] });
    expect(await authenticate(secret)).toBe('revoked');
  });

  it('K06 are known at once when a secret is imported that was asked for before', async () => {
    const { tokens, authenticate } = await startWatched();
    const secret = foreignSecret();
    expect(await authenticate(secret)).toBe('unknown');
    await tokens.import({ ...everything, secret });
    expect(await authenticate(secret)).toBe('ok');
  });
});

describe('what a process keeps', () => {
  it('is forgotten in time, tokens and unknown secrets alike', async () => {
    const here = await startProcess({ lifetimeMs: 20 });
    const there = await startProcess(undefined, here.store);
    const issued = await there.tokens.issue(everything);
    const unknown = foreignSecret();
    expect(await here.authenticate(issued.secret)).toBe('ok');
    expect(await here.authenticate(unknown)).toBe('unknown');
    await there.tokens.revoke(issued.token.id);
    await there.tokens.import({ ...everything, secret: unknown });
    await sleep(60);
    expect(await here.authenticate(issued.secret)).toBe('revoked');
    expect(await here.authenticate(unknown)).toBe('ok');
  });

  it('is no more than it may be, and what was read first goes first', async () => {
    const { store, tokens, authenticate } = await startProcess({ maxTokens: 2 });
    const secrets: string[] = [];
    for (let made = 0; made < 3; made += 1) secrets.push((await tokens.issue(everything)).secret);
    for (const secret of secrets) await authenticate(secret);
    await authenticate(secrets[2]!);
    await authenticate(secrets[1]!);
    expect(store.lookUps).toBe(3);
    await authenticate(secrets[0]!);
    expect(store.lookUps).toBe(4);
  });

  it('K01 loses no secret of a token out of sight when another of its secrets makes room', async () => {
    const { tokens, authenticate } = await startProcess({ maxTokens: 2 });
    const { secret: old, token } = await tokens.issue(everything);
    const { secret } = await tokens.rotate(token.id, { graceMs: 60_000 });
    const other = await tokens.issue(everything);
    for (const used of [old, secret, other.secret]) expect(await authenticate(used)).toBe('ok');
    await tokens.revoke(token.id);
    expect(await authenticate(secret)).toBe('revoked');
    expect(await authenticate(old)).toBe('revoked');
  });
});

describe('a look-up that is under way', () => {
  it('K08 serves all who ask meanwhile', async () => {
    const { store, tokens, authenticate } = await startProcess();
    const { secret } = await tokens.issue(everything);
    const release = store.hold();
    const answers = Promise.all([authenticate(secret), authenticate(secret), authenticate(secret)]);
    release();
    expect(await answers).toEqual(['ok', 'ok', 'ok']);
    expect(store.lookUps).toBe(1);
  });

  it.each([
    [false, 2],
    [undefined, 1],
  ] as const)('is over when it failed: the next asks again, with cache: %s', async (cache, lookUps) => {
    const { store, tokens, authenticate } = await startProcess(cache);
    const { secret } = await tokens.issue(everything);
    store.answering = Promise.reject(new Error('The database is down.'));
    expect(await Promise.all([authenticate(secret), authenticate(secret)])).toEqual([
      'unavailable',
      'unavailable',
    ]);
    expect(store.lookUps).toBe(lookUps);
    store.answering = null;
    expect(await authenticate(secret)).toBe('ok');
  });

  it.each<[string, (tokens: ApiTokenService, id: string) => Promise<unknown>]>([
    ['it is ended', (tokens, id) => tokens.revoke(id)],
    ['all are ended', (tokens) => tokens.revokeMany({ all: true })],
  ])('K01 is not kept where the token changes meanwhile: %s', async (_, change) => {
    const { store, tokens, authenticate } = await startProcess();
    const { secret, token } = await tokens.issue(everything);
    const release = store.hold();
    const answer = authenticate(secret);
    await change(tokens, token.id);
    const later = authenticate(secret);
    release();
    expect(await answer).toBe('ok');
    expect(await later).toBe('revoked');
    expect(await authenticate(secret)).toBe('revoked');
  });

  it('is not kept where the secret is imported meanwhile', async () => {
    const { store, tokens, authenticate } = await startProcess();
    const secret = foreignSecret();
    const release = store.hold();
    const answer = authenticate(secret);
    await tokens.import({ ...everything, secret });
    release();
    expect(await answer).toBe('unknown');
    expect(await authenticate(secret)).toBe('ok');
  });
});
