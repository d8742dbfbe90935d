import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  type ApiTokenEvent,
  ApiTokenEvents,
  ApiTokenService,
  InMemoryApiTokenStore,
  LegacySha1TokenFormat,
  type ApiTokenOptions,
  VendorChecksumTokenGenerator,
} from 'nestjs-api-token';
import { bearer, type Platform, startApplication } from '../support/application.js';
import { reviewServer } from '../support/review-server.js';
import { everything } from '../support/tokens.js';

const reviewBoard = new VendorChecksumTokenGenerator({ prefix: 'rbp' });
const sha1 = new LegacySha1TokenFormat();

async function formatServer(
  platform: Platform,
  token: Partial<ApiTokenOptions>,
  store = new InMemoryApiTokenStore(),
) {
  const server = await startApplication(
    platform,
    reviewServer({ repository: { useValue: store }, token: { prefix: 'acme', ...token } }),
  );
  return { ...server, tokens: server.app.get(ApiTokenService), store };
}

describe("djblets' vendor_checksum", () => {
  const rows = JSON.parse(readFileSync(`${__dirname}/../vectors/vendor-checksum-tokens.json`, 'utf8')) as [
    string,
    string,
    boolean,
  ][];

  it('agrees with all 120 rows', () => {
    const wrong = rows.filter(
      ([prefix, token, valid]) => new VendorChecksumTokenGenerator({ prefix }).validate(token) !== valid,
    );
    expect(wrong).toEqual([]);
    expect(rows).toHaveLength(120);
  });

  it('makes tokens of 255 characters that it accepts, damaged in no place', () => {
    const secret = reviewBoard.generate();
    expect(secret).toMatch(/^rbp_[0-9A-Za-z]{251}$/);
    expect(reviewBoard.validate(secret)).toBe(true);
    expect(new VendorChecksumTokenGenerator({ prefix: 'other' }).validate(secret)).toBe(false);
    for (let index = 4; index < secret.length; index += 1) {
      const damaged = secret.slice(0, index) + (secret[index] === 'x' ? 'y' : 'x') + secret.slice(index + 1);
      expect(reviewBoard.validate(damaged)).toBe(false);
    }
  });
});

describe('formats', () => {
  it('issues in the format that is chosen, and accepts the default one too', async () => {
    const server = await formatServer('Express', { formats: { issued: reviewBoard } });
    const { secret } = await server.tokens.issue(everything);
    expect(secret).toMatch(/^rbp_/);
    const reply = await server.send('GET', '/projects', bearer(secret));
    expect(reply.status).toBe(200);
    expect(reply.headers['x-api-token-deprecated']).toBeUndefined();
  });

  it("imports Review Board's tokens, which work and are answered as deprecated, warm too", async () => {
    const formats = { accepted: [reviewBoard, sha1], deprecated: [reviewBoard.id, sha1.id] };
    const server = await formatServer('Express', { formats });
    const history = {
      createdAt: new Date('2020-02-29'),
      lastUsedAt: new Date('2026-01-01'),
      note: 'from Review Board',
    };
    const old = '0123456789abcdef0123456789abcdef01234567';
    for (const secret of [reviewBoard.generate(), old]) {
      expect(await server.tokens.import({ ...everything, ...history, secret })).toMatchObject(history);
      for (const scheme of ['token', 'Bearer']) {
        const reply = await server.send('GET', '/projects', ['Authorization', `${scheme} ${secret}`]);
        expect(reply.status).toBe(200);
        expect(reply.headers['x-api-token-deprecated']).toMatch(/format/);
      }
      await expect(server.tokens.import({ ...everything, secret })).rejects.toMatchObject({
        code: 'SECRET_TAKEN',
      });
    }
    const { secret } = await server.tokens.issue(everything);
    expect(
      (await server.send('GET', '/projects', bearer(secret))).headers['x-api-token-deprecated'],
    ).toBeUndefined();
  });

  it('a format that is not accepted is no API token, and can not be imported', async () => {
    const server = await formatServer('Express', {});
    const secret = reviewBoard.generate();
    expect((await server.send('GET', '/projects', bearer(secret))).body['code']).toBe('API_TOKEN_REQUIRED');
    await expect(server.tokens.import({ ...everything, secret })).rejects.toMatchObject({
      code: 'INVALID_SECRET',
      field: 'secret',
    });
    for (const digest of ['', 'sha256:short', 'plain text']) {
      await expect(server.tokens.import({ ...everything, digest })).rejects.toMatchObject({
        code: 'INVALID_SECRET',
        field: 'digest',
      });
    }
  });

  it('an imported token that was ended stays so', async () => {
    const server = await formatServer('Express', { formats: { accepted: [reviewBoard] } });
    const secret = reviewBoard.generate();
    const ended = { revokedAt: new Date('2021-01-01'), revocationReason: 'left' };
    expect(await server.tokens.import({ ...everything, ...ended, secret })).toMatchObject(ended);
    expect((await server.send('GET', '/projects', bearer(secret))).status).toBe(401);
  });

  it('digests under peppers: old keys and no key are found, and a stolen table without the key is not', async () => {
    const store = new InMemoryApiTokenStore();
    const keys = { a: 'a'.repeat(16), b: Buffer.alloc(32, 7) };
    const configured = [undefined, { current: 'a', keys: { a: keys.a } }, { current: 'b', keys }];
    const secrets: string[] = [];
    for (const peppers of configured) {
      const server = await formatServer('Express', peppers === undefined ? {} : { peppers }, store);
      secrets.push((await server.tokens.issue(everything)).secret);
      for (const secret of secrets) {
        expect((await server.send('GET', '/projects', bearer(secret))).status).toBe(200);
      }
    }
    const withoutKey = await formatServer('Express', {}, store);
    for (const secret of secrets) {
      expect((await withoutKey.send('GET', '/projects', bearer(secret))).status).toBe(401);
    }
  });

  it('digests again under a new pepper, and no request waits for it', async () => {
    const store = new InMemoryApiTokenStore();
    const keys = { a: 'a'.repeat(32), b: 'b'.repeat(32) };
    const old = await formatServer('Express', { peppers: { current: 'a', keys: { a: keys.a } } }, store);
    const { secret } = await old.tokens.issue(everything);

    let release = (): void => undefined;
    const replaceDigest = store.replaceDigest.bind(store);
    const replaced: string[][] = [];
    store.replaceDigest = async (...digests) => {
      await new Promise<void>((resolve) => (release = resolve));
      replaced.push(digests);
      return replaceDigest(...digests);
    };
    const server = await formatServer('Express', { peppers: { current: 'b', keys } }, store);
    expect((await server.send('GET', '/projects', bearer(secret))).status).toBe(200);
    expect(replaced).toEqual([]);
    release();
    await server.app.close();
    expect(replaced).toEqual([[expect.stringMatching(/^a:/), expect.stringMatching(/^b:/)]]);

    const withoutOld = await formatServer(
      'Express',
      { peppers: { current: 'b', keys: { b: keys.b } } },
      store,
    );
    expect((await withoutOld.send('GET', '/projects', bearer(secret))).status).toBe(200);
  });

  it('a digest that can not be replaced harms nobody', async () => {
    const store = new InMemoryApiTokenStore();
    const old = await formatServer('Express', {}, store);
    const { secret } = await old.tokens.issue(everything);
    store.replaceDigest = () => Promise.reject(new Error('connection lost'));
    const peppers = { current: 'a', keys: { a: 'a'.repeat(32) } };
    const server = await formatServer('Express', { peppers }, store);
    const events: ApiTokenEvent[] = [];
    server.app.get(ApiTokenEvents).subscribe((event) => events.push(event));
    expect((await server.send('GET', '/projects', bearer(secret))).status).toBe(200);
    await server.app.close();
    expect(events).toContainEqual(expect.objectContaining({ type: 'faulted', component: 'repository' }));
  });
});
