import { describe, expect, it } from '@jest/globals';
import { NotFoundException } from '@nestjs/common';
import {
  type ApiTokenEvent,
  ApiTokenEvents,
  ApiTokenOwnerProvider,
  type ApiTokenRecord,
  ApiTokenRepository,
  ApiTokenService,
  InMemoryApiTokenStore,
} from 'nestjs-api-token';
import { bearer, PLATFORMS, type RunningApplication, startApplication } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';

/** A store whose look-ups can be made to misbehave. */
class FaultyStore extends InMemoryApiTokenStore {
  answer: ((record: ApiTokenRecord | null) => unknown) | null = null;
  reads = 0;

  override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
    this.reads += 1;
    const record = super.findByDigest(digests);
    return (this.answer === null ? record : this.answer(record)) as ApiTokenRecord | null;
  }
}

class DriverError extends Error {
  readonly code = 'ECONNREFUSED';
  readonly parameters = ['sha256:secret-digest'];

  constructor() {
    super('postgres://user:password@db/ sha256:secret-digest');
  }
}

function observed({ app }: RunningApplication): ApiTokenEvent[] {
  const events: ApiTokenEvent[] = [];
  app.get(ApiTokenEvents).subscribe((event) => events.push(event));
  return events;
}

async function faultyServer(platform: (typeof PLATFORMS)[number], overrides = {}) {
  const store = new FaultyStore();
  const server = await startApplication(
    platform,
    reviewServer({ repository: { useValue: store }, deadlineMs: 50, ...overrides }),
  );
  const secret = await issueSecret(server, 'full-access');
  return { server, store, secret, events: observed(server) };
}

const TOKEN = { id: '1', ownerId: 'o', policy: '{}', expiresAt: null, invalidatedAt: null };

describe.each(PLATFORMS)('faults on %s', (platform) => {
  it.each<[string, (record: ApiTokenRecord | null) => unknown, number]>([
    [
      'F01 throws',
      () => {
        throw new DriverError();
      },
      503,
    ],
    ['F01 rejects', () => Promise.reject(new DriverError()), 503],
    [
      'F01 throws an HTTP exception of its own',
      () => {
        throw new NotFoundException();
      },
      503,
    ],
    [
      'F01 throws no error at all',
      () => {
        throw 'nonsense';
      },
      503,
    ],
    ['F02 hangs', () => new Promise(() => undefined), 503],
    ['F03 answers with undefined', () => undefined, 401],
    ['F03 answers with null, later', async () => null, 401],
    ['F03 answers with true', () => true, 503],
    ['F03 answers with a text', () => 'token', 503],
    ['F03 answers with a list', () => [], 503],
    ['F03 lacks a digest', () => TOKEN, 503],
    ['F03 lacks an expiry', (record) => ({ ...record, expiresAt: undefined }), 503],
    ['F03 lacks an owner', (record) => ({ ...record, ownerId: '' }), 503],
    ["answers with another token's record", (record) => ({ ...record, digest: 'sha256:other' }), 401],
    [
      'T20 answers with a digest that is too short',
      (record) => ({ ...record, digest: record!.digest.slice(0, -1) }),
      401,
    ],
    ['answers with an unreadable expiry', (record) => ({ ...record, expiresAt: new Date('never') }), 401],
    ['answers with a text for an expiry', (record) => ({ ...record, expiresAt: '2999-01-01' }), 401],
    ['answers with a paused token', (record) => ({ ...record, pausedAt: new Date() }), 401],
    [
      'answers with a token of tomorrow',
      (record) => ({ ...record, notBefore: new Date(Date.now() + 86_400_000) }),
      401,
    ],
    [
      'F06 answers with a truncated policy',
      (record) => ({ ...record, policy: '{"resources":{"*":{"allow":["GET"' }),
      403,
    ],
    [
      'D01 answers with a policy of texts',
      (record) => ({ ...record, policy: { resources: { '*': { allow: 'GET' } } } }),
      403,
    ],
    [
      'D06 answers with a mis-nested policy',
      (record) => ({ ...record, policy: '{"resources":{"repository":{"allow":["GET"]}}}' }),
      403,
    ],
    ['D11 answers with a null policy', (record) => ({ ...record, policy: null }), 403],
    ['D11 answers without a policy', (record) => ({ ...record, policy: undefined }), 403],
    ['D12 answers with a policy of the future', (record) => ({ ...record, policy: '{"version":99}' }), 403],
  ])('the repository %s', async (_, answer, status) => {
    const { server, store, secret, events } = await faultyServer(platform);
    store.answer = answer;
    const reply = await server.send('GET', '/repositories/1', bearer(secret));
    expect(reply.status).toBe(status);
    expect(calls).toEqual([]);
    expect(reply.text).not.toMatch(/password|sha256|nonsense/);
    const types = events.map(({ type }) => type);
    if (status === 503) {
      expect(reply.headers['retry-after']).toBe('1');
      expect(reply.body).toMatchObject({ code: 'API_TOKEN_UNAVAILABLE', statusCode: 503 });
      expect(types).toEqual(expect.arrayContaining(['faulted', 'refused']));
    }
    if (status === 403) expect(types).toEqual(expect.arrayContaining(['policy-unresolved', 'denied']));
    if (status === 401)
      expect(types.some((type) => type === 'refused' || type === 'used-after-expiry')).toBe(true);
    // O02: neither the driver's message nor its parameters.
    expect(JSON.stringify(events)).not.toMatch(/password|secret-digest/);

    store.answer = null;
    if (status === 503)
      expect((await server.send('GET', '/repositories/1', bearer(secret))).status).toBe(200);
  });

  it('a stored policy of bad shape denies collection and item alike, and only its own token', async () => {
    const { server, store, secret } = await faultyServer(platform);
    store.answer = (record) => ({ ...record, policy: '[]' });
    for (const path of ['/repositories', '/repositories/1', '/server-info', '/server-info/anything']) {
      const reply = await server.send('GET', path, bearer(secret));
      expect(reply).toMatchObject({ status: 403, body: { message: expect.stringContaining('damaged') } });
    }
    store.answer = null;
    const other = await issueSecret(server, 'full-access');
    expect((await server.send('GET', '/repositories', bearer(other))).status).toBe(200);
  });

  it('a failed read is not kept, and 100 requests at once share it', async () => {
    const { server, store, secret } = await faultyServer(platform);
    store.answer = () => new Promise((_, reject) => setTimeout(() => reject(new DriverError()), 20));
    const replies = await Promise.all(
      Array.from({ length: 100 }, () => server.send('GET', '/repositories', bearer(secret))),
    );
    expect(replies.every(({ status }) => status === 503)).toBe(true);
    expect(store.reads).toBeLessThan(10);
    store.answer = null;
    expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(200);
  });

  it('K08 100 requests at once with a token that is not kept make one read', async () => {
    const { server, store, secret } = await faultyServer(platform);
    store.answer = (record) => new Promise((resolve) => setTimeout(() => resolve(record), 20));
    const replies = await Promise.all(
      Array.from({ length: 100 }, () => server.send('GET', '/repositories', bearer(secret))),
    );
    expect(replies.every(({ status }) => status === 200)).toBe(true);
    expect(store.reads).toBe(1);
  });

  it('K14 a read that was under way when the token ended does not bring it back', async () => {
    const { server, store, secret } = await faultyServer(platform);
    let release = (): void => undefined;
    store.answer = (record) => new Promise((resolve) => (release = () => resolve(record)));
    const early = server.send('GET', '/repositories', bearer(secret));
    await new Promise((resolve) => setTimeout(resolve, 30));
    const service = server.app.get(ApiTokenService);
    const [token] = await service.list({ ownerId: 'grumpy' });
    await service.invalidate(token!.id);
    release();
    await early;
    store.answer = null;
    expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(401);
  });

  it('a stored policy that is larger than what may be written still holds', async () => {
    const { server, store, secret } = await faultyServer(platform);
    const items = Object.fromEntries(Array.from({ length: 1_001 }, (_, id) => [id, { block: ['*'] }]));
    store.answer = (record) => ({ ...record!, policy: JSON.stringify({ resources: { repository: items } }) });
    expect((await server.send('GET', '/repositories/1000', bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/repositories/1001', bearer(secret))).status).toBe(200);
  });

  it('unknownPolicyIds reports once, or denies', async () => {
    for (const [unknownPolicyIds, status] of [
      ['report', 200],
      ['deny', 403],
    ] as const) {
      const { server, store, secret, events } = await faultyServer(platform, {
        unknownPolicyIds,
        cache: false,
      });
      store.answer = (record) => ({ ...record, policy: '{"resources":{"renamed":{"*":{"block":["*"]}}}}' });
      expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(status);
      expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(status);
      const reports = events.filter(({ type }) => type === 'unknown-policy-ids');
      expect(reports).toMatchObject([{ policyIds: ['renamed'] }, ...(status === 403 ? [{}] : [])]);
    }
  });

  it.each<[string, () => unknown, number]>([
    [
      'throws',
      () => {
        throw new DriverError();
      },
      503,
    ],
    ['rejects', () => Promise.reject(new DriverError()), 503],
    ['hangs', () => new Promise(() => undefined), 503],
    ['T15 answers with null', () => null, 401],
    ['T15 answers with undefined', async () => undefined, 401],
    ['answers with an owner', async () => ({ name: 'grumpy' }), 200],
  ])('the owner provider %s', async (_, load, status) => {
    class Owners extends ApiTokenOwnerProvider {
      override load(): unknown {
        return load();
      }
    }
    const { server, secret } = await faultyServer(platform, { ownerProvider: Owners });
    const reply = await server.send('GET', '/repositories', bearer(secret));
    expect(reply.status).toBe(status);
    expect(calls).toHaveLength(status === 200 ? 1 : 0);
  });

  it.each<[string, object]>([
    [
      'skipIf throws',
      {
        skipIf: () => {
          throw new DriverError();
        },
      },
    ],
    ['the clock throws', { clock: failingClock() }],
  ])('%s: 503', async (_, overrides) => {
    const { server, secret, events } = await faultyServer(platform, overrides);
    const reply = await server.send('GET', '/repositories', bearer(secret));
    expect(reply.status).toBe(503);
    expect(events).toContainEqual(expect.objectContaining({ type: 'faulted', component: 'guard' }));
    expect(calls).toEqual([]);
  });

  it('a clock of nonsense refuses', async () => {
    let now = Date.now();
    const { server, secret } = await faultyServer(platform, { clock: () => now });
    now = Number.NaN;
    expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(401);
  });

  it.each<[string, unknown]>([
    [
      'throws',
      () => {
        throw new DriverError();
      },
    ],
    ['returns nothing', () => undefined],
    ['returns a promise', async () => new Error('later')],
  ])('an exceptionFactory that %s: the default', async (_, exceptionFactory) => {
    const { server } = await faultyServer(platform, { exceptionFactory });
    expect((await server.send('GET', '/repositories')).body).toMatchObject({ code: 'API_TOKEN_REQUIRED' });
  });

  it('an exceptionFactory makes bodies of its own, and the challenge stays', async () => {
    const { server } = await faultyServer(platform, {
      exceptionFactory: () => new NotFoundException('nothing here'),
    });
    const reply = await server.send('GET', '/repositories');
    expect(reply).toMatchObject({
      status: 404,
      headers: { 'www-authenticate': 'Bearer' },
      body: { message: 'nothing here' },
    });
  });

  it('a subscriber that throws harms nobody', async () => {
    const { server, store, secret, events } = await faultyServer(platform);
    const stream = server.app.get(ApiTokenEvents);
    stream.subscribe(() => {
      throw new Error('subscriber');
    });
    stream.subscribe(async () => {
      throw new Error('subscriber');
    });
    stream.pipe().subscribe({
      next: () => {
        throw new Error('subscriber');
      },
    });
    const after: string[] = [];
    stream.subscribe(({ type }) => after.push(type));
    store.answer = () => {
      throw new DriverError();
    };
    expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(after).toEqual(['faulted', 'refused']);
    expect(events).toHaveLength(2);
  });

  it('a mere repository serves requests, and says what to extend when asked to issue', async () => {
    class Lookup extends ApiTokenRepository {
      override async findByDigest() {
        return null;
      }
    }
    const server = await startApplication(platform, reviewServer({ repository: Lookup }));
    expect((await server.send('GET', '/repositories', bearer('acme_x'))).status).toBe(401);
    await expect(issueSecret(server, 'full-access')).rejects.toMatchObject({
      code: 'STORE_REQUIRED',
      message: expect.stringContaining('ApiTokenStore'),
    });
  });
});

/** Works while the token is issued, and fails from then on. */
function failingClock(): () => number {
  let asked = 0;
  return () => {
    asked += 1;
    if (asked > 1) throw new DriverError();
    return Date.now();
  };
}
