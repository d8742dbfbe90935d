import crypto from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext, INestApplication } from '@nestjs/common';
import { describe, expect, it, jest } from '@jest/globals';
import {
  ApiTokenException,
  ApiTokenPolicyGuard,
  type ApiTokenRecord,
  compilePolicy,
  DefaultTokenGenerator,
  LegacySha1TokenFormat,
  VendorChecksumTokenGenerator,
} from 'nestjs-api-token';
import { bearer, PLATFORMS } from '../support/application.js';
import { calls, ProjectController } from '../support/review-server.js';
import { startTokenServer } from '../support/token-server.js';
import { CountingStore, everything } from '../support/tokens.js';

// Many requests, and the machine may be busy.
jest.setTimeout(60_000);

/**
 * What a busy machine may take. An idle one takes a tenth of a second for each; a slow hash, a walk through a policy or a
 * reader of quadratic time would take it ten seconds and more.
 */
const SLACK_MS = 4_000;

const generator = new DefaultTokenGenerator({ prefix: 'acme' });

/** The status of a POST with a body that may be answered before it has been read. */
function post(app: INestApplication, headers: readonly string[], body: string): Promise<number> {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const content = ['Content-Type', 'application/json', 'Content-Length', String(Buffer.byteLength(body))];
  const host = ['Host', `127.0.0.1:${port}`, 'Connection', 'close'];
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: '/projects',
        headers: [...host, ...content, ...headers],
      },
      (response) => {
        resolve(response.statusCode ?? 0);
        response.resume();
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** A request for a list that never was on a wire. */
function contextOf(authorization: string): ExecutionContext {
  const request = { headers: { authorization }, rawHeaders: ['Authorization', authorization], method: 'GET' };
  return {
    getType: () => 'http',
    getClass: () => ProjectController,
    getHandler: () => ProjectController.prototype.list,
    getArgByIndex: () => request,
  } as unknown as ExecutionContext;
}

function manyItems(
  count: number,
  idOf: (index: number) => string = String,
): Record<string, { block: ['*'] }> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [idOf(index), { block: ['*'] }]));
}

async function millisecondsOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

describe.each(PLATFORMS)('the use of resources on %s', (platform) => {
  it('X01 bodies are read before the guard: their parser rejects what is too large or broken, the guard the rest', async () => {
    const { app, store, tokens } = await startTokenServer(platform);
    const { secret } = await tokens.issue({
      ...everything,
      policy: { resources: { '*': { block: ['POST'] } } },
    });
    const large = JSON.stringify({ name: 'x'.repeat(2_000_000) });
    for (const headers of [[], bearer('acme_x'), bearer(secret)]) {
      expect(await post(app, headers, large)).toBe(413);
      expect(await post(app, headers, '{"name":')).toBe(400);
    }
    expect(store.reads).toBe(0);
    expect(await post(app, [], '{"name":"x"}')).toBe(401);
    expect(await post(app, bearer('acme_x'), '{"name":"x"}')).toBe(401);
    expect(store.reads).toBe(0);
    expect(await post(app, bearer(secret), '{"name":"x"}')).toBe(403);
    expect(calls).toEqual([]);
  });
});

describe('the use of resources', () => {
  it('X02 a flood of wrong tokens costs no slow hash: 2,000 of a kind take seconds at most', async () => {
    const peppers = { current: 'a', keys: { a: 'a'.repeat(32), b: 'b'.repeat(32) } };
    const { app, store } = await startTokenServer('Express', { token: { prefix: 'acme', peppers } });
    const slow = (['scrypt', 'scryptSync', 'pbkdf2', 'pbkdf2Sync'] as const).map((name) =>
      jest.spyOn(crypto, name),
    );
    const guard = app.get(ApiTokenPolicyGuard);
    const flood = async (secrets: readonly string[]) => {
      const answers = secrets.map(async (secret) => guard.canActivate(contextOf(`Bearer ${secret}`)));
      const rejected = (await Promise.allSettled(answers)).filter(({ status }) => status === 'rejected');
      expect(rejected).toHaveLength(secrets.length);
    };
    const unknown = Array.from({ length: 2_000 }, () => generator.generate());
    expect(await millisecondsOf(() => flood(unknown.map((secret) => secret.slice(1))))).toBeLessThan(
      SLACK_MS,
    );
    expect(
      await millisecondsOf(() => flood(unknown.map((secret) => `${secret.slice(0, -1)}!`))),
    ).toBeLessThan(SLACK_MS);
    expect(store.reads).toBe(0);
    expect(await millisecondsOf(() => flood(unknown))).toBeLessThan(SLACK_MS);
    expect(store.reads).toBe(2_000);
    for (const spy of slow) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  it('X03 a stored policy of 10,000 items decides about the right ones', async () => {
    class LargePolicies extends CountingStore {
      override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
        const record = super.findByDigest(digests);
        const policy = JSON.stringify({ resources: { project: manyItems(10_000) } });
        return record && { ...record, policy };
      }
    }
    const { tokens, status } = await startTokenServer('Express', {}, new LargePolicies());
    const { secret } = await tokens.issue(everything);
    expect(await status(secret, '/projects/0')).toBe(403);
    expect(await status(secret, '/projects/9999')).toBe(403);
    expect(await status(secret, '/projects/10000')).toBe(200);
  });

  it.each<[string, (size: number) => string]>([
    ['spaces', (size) => `Bearer${' '.repeat(size)}`],
    ['spaces and a token', (size) => `Bearer${' '.repeat(size)}acme_x`],
    ['tabs', (size) => `Bearer${'\t'.repeat(size)}acme_x`],
    ['spaces before', (size) => `${' '.repeat(size)}Bearer acme_x`],
    ['many schemes', (size) => 'Bearer '.repeat(size / 7)],
    ['many tokens', (size) => `Bearer ${'acme_x,'.repeat(size / 7)}`],
    ['digits', (size) => `Bearer acme_${'0'.repeat(size)}`],
    ['digits and a stranger', (size) => `Bearer acme_${'0'.repeat(size)}!`],
    ['digits of the vendor', (size) => `Bearer rbp_${'0'.repeat(size)}!`],
    ['hexadecimal digits', (size) => `Bearer ${'a'.repeat(size)}`],
    ['one long word', (size) => 'a'.repeat(size)],
  ])('X04 reads an Authorization of 16 kB in linear time: %s', async (_, headerOf) => {
    const accepted = [new VendorChecksumTokenGenerator({ prefix: 'rbp' }), new LegacySha1TokenFormat()];
    const { app } = await startTokenServer('Express', { token: { prefix: 'acme', formats: { accepted } } });
    const guard = app.get(ApiTokenPolicyGuard);
    const context = contextOf(headerOf(16_384));
    const milliseconds = await millisecondsOf(async () => {
      for (let time = 0; time < 200; time += 1)
        expect(() => guard.canActivate(context)).toThrow(ApiTokenException);
    });
    expect(milliseconds).toBeLessThan(SLACK_MS);
  });
});

describe('the use of resources, whatever the platform', () => {
  it('X03 a decision is as many look-ups in a large policy as in a small one, and walks through none', () => {
    const lookUps = (count: number): number[] => {
      const repository = { ...manyItems(count), ...manyItems(count, (index) => `item-${index}`) };
      const policy = compilePolicy({ resources: { repository } });
      const get = jest.spyOn(Map.prototype, 'get');
      const walks = (['keys', 'values', 'entries', 'forEach'] as const).map((method) =>
        jest.spyOn(Map.prototype, method),
      );
      const counts = ['item-0', `item-${count - 1}`, 'unlisted', null, '0'].map((resourceId) => {
        get.mockClear();
        policy.allows('project', 'GET', resourceId);
        return get.mock.calls.length;
      });
      for (const walk of walks) expect(walk).not.toHaveBeenCalled();
      for (const spy of [get, ...walks]) spy.mockRestore();
      return counts;
    };
    const large = lookUps(10_000);
    // But for the numbered one, which is found without a Map among so many.
    expect(large.slice(0, -1)).toEqual(lookUps(1).slice(0, -1));
    expect(Math.max(...large)).toBeLessThanOrEqual(3);
  });

  // At distances at which numbers would crowd in a table that did not scatter them.
  it.each([1, 1_024, 65_536])(
    'X03 400,000 decisions about 15,000 items take seconds at most: %i apart',
    async (distance) => {
      const idOf = (index: number): string => String(index * distance);
      const policy = compilePolicy({ resources: { project: manyItems(15_000, idOf) } });
      const ids = Array.from({ length: 30_000 }, (_, index) => idOf(index));
      let denied = 0;
      const milliseconds = await millisecondsOf(async () => {
        for (let time = 0; time < 400_000; time += 1) {
          if (!policy.allows('project', 'GET', ids[time % ids.length]!)) denied += 1;
        }
      });
      expect(denied).toBe(205_000);
      expect(milliseconds).toBeLessThan(SLACK_MS);
    },
  );
});
