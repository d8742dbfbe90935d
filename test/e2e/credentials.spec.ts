import { crc32 } from 'node:zlib';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiTokenFactoryOptions, DefaultTokenGenerator } from 'nestjs-api-token';
import { bearer, type Platform, PLATFORMS, sharedApplication } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';
import { CountingStore } from '../support/tokens.js';

const JWT = 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A text with the checksum that a secret would have. */
function withChecksum(text: string): string {
  let checksum = '';
  for (let rest = crc32(text); checksum.length < 6; rest = Math.floor(rest / 62)) {
    checksum = DIGITS[rest % 62]! + checksum;
  }
  return text + checksum;
}

/** A server that the rows of a table share, with a token for each of them and nothing left of the row before. */
function sharedServer(platform: Platform, options: Partial<ApiTokenFactoryOptions> = {}) {
  const store = new CountingStore();
  const server = sharedApplication(platform, () =>
    reviewServer({ repository: { useValue: store }, ...options }),
  );
  const row = { send: server.send.bind(server), store, secret: '' };
  beforeEach(async () => {
    row.secret = await issueSecret(server, 'full-access');
    store.reads = 0;
    calls.length = 0;
  });
  return row;
}

describe.each(PLATFORMS)('credentials on %s', (platform) => {
  const plain = sharedServer(platform);
  const withHeaders = sharedServer(platform, { requests: { headers: ['X-API-Key', 'x-token'] } });

  it('T01 no credential: 401 with a bare challenge', async () => {
    const reply = await plain.send('GET', '/projects');
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toBe('Bearer');
    expect(reply.body).toEqual({
      statusCode: 401,
      error: 'Unauthorized',
      code: 'API_TOKEN_REQUIRED',
      message: 'Send an API token: Authorization: Bearer <token>',
    });
    expect(calls).toEqual([]);
  });

  it.each<[string, (secret: string) => string[]]>([
    ['two Authorization fields', (secret) => [...bearer(secret), ...bearer(secret)]],
    ['one of them Basic', (secret) => [...bearer(secret), 'authorization', 'Basic Zm9vOmJhcg==']],
    ['a Basic one first', (secret) => ['authorization', 'Basic Zm9vOmJhcg==', ...bearer(secret)]],
    ['a header beside', (secret) => [...bearer(secret), 'X-API-Key', secret]],
    [
      'a header beside the scheme token',
      (secret) => ['Authorization', `token ${secret}`, 'X-API-Key', secret],
    ],
    ['an empty header beside', (secret) => [...bearer(secret), 'X-API-Key', '']],
    ['a good one beside a bad one', (secret) => ['Authorization', 'Bearer acme_bad', 'X-API-Key', secret]],
    ['a header twice', (secret) => ['X-API-Key', secret, 'x-api-key', secret]],
    ['two headers', (secret) => ['X-API-Key', secret, 'X-Token', secret]],
  ])('T06 several credentials: 400 without a look-up: %s', async (_, headers) => {
    const { send, secret, store } = withHeaders;
    const reply = await send('GET', `/projects?api_key=${secret}`, headers(secret));
    expect(reply).toMatchObject({
      status: 400,
      headers: { 'www-authenticate': 'Bearer error="invalid_request"' },
      body: { code: 'AMBIGUOUS_CREDENTIALS' },
    });
    expect(store.reads).toBe(0);
    expect(calls).toEqual([]);
  });

  it.each(['Basic Zm9vOmJhcg==', JWT])(
    'T06 beside a configured header this is no second API token, nor is the query: %s',
    async (authorization) => {
      const { send, secret } = withHeaders;
      const headers = ['Authorization', authorization, 'x-api-key', secret];
      expect((await send('GET', `/projects?api_key=${secret}`, headers)).status).toBe(200);
    },
  );

  it.each<[string, (secret: string) => string, number]>([
    ['T08 any case of the scheme', (secret) => `bEARER ${secret}`, 200],
    ['T08 the scheme token', (secret) => `Token ${secret}`, 200],
    // RFC 9110 §11.4: one or more spaces.
    ['T10 several spaces', (secret) => `Bearer   ${secret}`, 200],
    ['T07 two secrets, joined', (secret) => `Bearer ${secret}, Bearer ${secret}`, 401],
    ['T07 two secrets under one scheme', (secret) => `Bearer ${secret},${secret}`, 401],
    ['T10 a tab', (secret) => `Bearer\t${secret}`, 401],
    ['T10 a space and a tab', (secret) => `Bearer \t${secret}`, 401],
    ['T10 a no-break space', (secret) => `Bearer\u00a0${secret}`, 401],
    ['T10 a space and a no-break space', (secret) => `Bearer \u00a0${secret}`, 401],
    ['T10 a no-break space behind the secret', (secret) => `Bearer ${secret}\u00a0`, 401],
    ['T10 a letter of latin-1 in the secret', (secret) => `Bearer ${secret.slice(0, -1)}\u00e9`, 401],
    ['T10 something behind the secret', (secret) => `Bearer ${secret} x`, 401],
    ['T10 quotes', (secret) => `Bearer "${secret}"`, 401],
    ['T10 a named parameter', (secret) => `Bearer token=${secret}`, 401],
    ['T09 another scheme', (secret) => `Basic ${secret}`, 401],
    ['T09 another scheme, encoded', (secret) => `Basic ${Buffer.from(`:${secret}`).toString('base64')}`, 401],
    ['T09 no scheme', (secret) => secret, 401],
    ['T09 no space', (secret) => `Bearer${secret}`, 401],
    ['T11 no token', () => 'Bearer', 401],
    ['T11 null', () => 'Bearer null', 401],
    ['T11 undefined', () => 'Bearer undefined', 401],
    ['T11 a prefix alone', () => 'Bearer acme_', 401],
    ['T11 a prefix and undefined', () => 'Bearer acme_undefined', 401],
    ['T11 a prefix and a right checksum', () => `Bearer ${withChecksum('acme_')}`, 401],
    ['T12 15 kB', (secret) => `Bearer ${secret}${'a'.repeat(15_000)}`, 401],
    ['T12 15 kB with a right checksum', () => `Bearer ${withChecksum(`acme_${'a'.repeat(15_000)}`)}`, 401],
    ['T17 another prefix', (secret) => `Bearer ${secret.replace('acme', 'other')}`, 401],
    [
      'T17 another prefix, rightly made',
      () => `Bearer ${new DefaultTokenGenerator({ prefix: 'other' }).generate()}`,
      401,
    ],
    ['T17 another case of the prefix', (secret) => `Bearer ${secret.replace('acme', 'ACME')}`, 401],
  ])('%s', async (_, authorization, status) => {
    const { send, secret, store } = plain;
    const reply = await send('GET', '/projects', ['Authorization', authorization(secret)]);
    expect(reply.status).toBe(status);
    // A credential that is not written as one costs no look-up.
    expect(store.reads).toBe(status === 200 ? 1 : 0);
    expect(calls).toHaveLength(status === 200 ? 1 : 0);
  });

  it.each(['', 'null', 'undefined', 'acme_', 'a'.repeat(15_000)])(
    'T11 T12 in a header that carries tokens, this is a bad one: 401 without a look-up (%#)',
    async (value) => {
      const { send, store } = withHeaders;
      const reply = await send('GET', '/projects', ['X-API-Key', value]);
      expect(reply).toMatchObject({ status: 401, body: { code: 'INVALID_API_TOKEN' } });
      expect(store.reads).toBe(0);
    },
  );

  it('T12 more than 16 kB of headers are answered by Node itself, with 431', async () => {
    const { send, secret, store } = plain;
    const reply = await send('GET', '/projects', bearer(secret + 'a'.repeat(17_000)));
    expect(reply.status).toBe(431);
    expect(store.reads).toBe(0);
    expect(calls).toEqual([]);
  });

  it('O05 a token in the query string is no credential', async () => {
    const { send, secret, store } = withHeaders;
    for (const name of ['api_key', 'access_token', 'token', 'x-api-key', 'authorization']) {
      const reply = await send('GET', `/projects?${name}=${secret}`);
      expect(reply).toMatchObject({ status: 401, body: { code: 'API_TOKEN_REQUIRED' } });
    }
    expect(store.reads).toBe(0);
  });
});
