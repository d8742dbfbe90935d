import { type CanActivate, type ExecutionContext, UnauthorizedException } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  ApiTokenPolicyGuard,
  ApiTokenRepository,
  ApiTokenService,
  getApiToken,
  InMemoryApiTokenStore,
} from 'nestjs-api-token';
import { bearer, PLATFORMS, type Reply, startApplication } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';

/** Counts the look-ups, to see which credentials cost one. */
class CountingStore extends InMemoryApiTokenStore {
  static lookUps = 0;

  override findByDigest(digests: readonly string[]) {
    CountingStore.lookUps += 1;
    return super.findByDigest(digests);
  }
}

afterEach(() => {
  CountingStore.lookUps = 0;
});

/** What a client can see of a reply, but for the date. */
function visible({ status, headers, text }: Reply): unknown {
  return { status, headers: { ...headers, date: undefined }, text };
}

describe.each(PLATFORMS)('credentials on %s', (platform) => {
  it('T01 no credential: 401 with a bare challenge', async () => {
    const server = await startApplication(platform, reviewServer());
    const reply = await server.send('GET', '/repositories');
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

  it('T02 unknown, expired, invalidated and damaged secrets get one and the same 401', async () => {
    let now = Date.now();
    const server = await startApplication(platform, reviewServer({ clock: () => now }));
    const service = server.app.get(ApiTokenService);
    const expiring = await service.issue({
      ownerId: 'grumpy',
      policy: 'full-access',
      expiresAt: new Date(now + 60_000),
    });
    const ended = await service.issue({ ownerId: 'grumpy', policy: 'full-access' });
    await service.invalidate(ended.token.id, { reason: 'leaked' });
    now += 60_000;
    const damaged = ended.secret.slice(0, -1) + (ended.secret.endsWith('0') ? '1' : '0');
    const unknown = `acme_${'0'.repeat(49)}`;
    const replies = [];
    for (const secret of [expiring.secret, ended.secret, damaged, unknown]) {
      replies.push(visible(await server.send('GET', '/repositories', bearer(secret))));
    }
    expect(replies[0]).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    });
    for (const reply of replies) expect(reply).toEqual(replies[0]);
    expect(calls).toEqual([]);
  });

  it('T03 K05 a token is refused from the millisecond on at which it expires, in the cache too', async () => {
    let now = Date.now();
    const server = await startApplication(platform, reviewServer({ clock: () => now }));
    const { secret } = await server.app
      .get(ApiTokenService)
      .issue({ ownerId: 'grumpy', policy: 'full-access', expiresAt: new Date(now + 1_000) });
    now += 999;
    expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(200);
    now += 1;
    expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(401);
  });

  it('T04 K01 an invalidated token is refused at once', async () => {
    const server = await startApplication(platform, reviewServer());
    const service = server.app.get(ApiTokenService);
    const { token, secret } = await service.issue({ ownerId: 'grumpy', policy: 'full-access' });
    expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(200);
    await service.invalidate(token.id);
    expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(401);
  });

  it('T06 two Authorization fields, or a second API token in a header: 400', async () => {
    const server = await startApplication(platform, reviewServer({ headers: ['X-API-Key'] }));
    const secret = await issueSecret(server, 'full-access');
    const challenge = { 'www-authenticate': 'Bearer error="invalid_request"' };
    for (const headers of [
      [...bearer(secret), ...bearer(secret)],
      [...bearer(secret), 'authorization', 'Basic Zm9vOmJhcg=='],
      [...bearer(secret), 'X-API-Key', secret],
      ['X-API-Key', secret, 'x-api-key', secret],
    ]) {
      const reply = await server.send('GET', '/repositories', headers);
      expect(reply).toMatchObject({
        status: 400,
        headers: challenge,
        body: { code: 'AMBIGUOUS_CREDENTIALS' },
      });
    }
    expect(calls).toEqual([]);
  });

  it('T06 a Basic or JWT Authorization beside a configured header is no second API token', async () => {
    const server = await startApplication(platform, reviewServer({ headers: ['X-API-Key'] }));
    const secret = await issueSecret(server, 'full-access');
    for (const authorization of ['Basic Zm9vOmJhcg==', 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln']) {
      const reply = await server.send('GET', '/repositories', [
        'Authorization',
        authorization,
        'x-api-key',
        secret,
      ]);
      expect(reply.status).toBe(200);
    }
    expect((await server.send('GET', '/repositories', ['X-API-Key', ''])).status).toBe(401);
  });

  it.each([
    ['T08 any case of the scheme', (secret: string) => `bEARER ${secret}`, 200],
    ['T08 the scheme token', (secret: string) => `Token ${secret}`, 200],
    ['T10 several spaces', (secret: string) => `Bearer   ${secret}`, 200],
    ['T07 two secrets, joined', (secret: string) => `Bearer ${secret}, Bearer ${secret}`, 401],
    ['T10 a tab', (secret: string) => `Bearer\t${secret}`, 401],
    ['T10 a space and a tab', (secret: string) => `Bearer \t${secret}`, 401],
    ['T10 a no-break space', (secret: string) => `Bearer \u00a0${secret}`, 401],
    ['T10 something behind the secret', (secret: string) => `Bearer ${secret} x`, 401],
    ['T09 another scheme', (secret: string) => `Basic ${secret}`, 401],
    ['no scheme', (secret: string) => secret, 401],
    ['no space', (secret: string) => `Bearer${secret}`, 401],
    ['T11 no token', () => 'Bearer', 401],
    ['T11 null', () => 'Bearer null', 401],
    ['T11 undefined', () => 'Bearer undefined', 401],
    ['T12 15 kB', (secret: string) => `Bearer ${secret}${'a'.repeat(15_000)}`, 401],
    ['T17 another prefix', (secret: string) => `Bearer ${secret.replace('acme', 'other')}`, 401],
    ['another case of the prefix', (secret: string) => `Bearer ${secret.replace('acme', 'ACME')}`, 401],
  ])('%s', async (_, authorization, status) => {
    const server = await startApplication(platform, reviewServer({ repository: CountingStore }));
    const secret = await issueSecret(server, 'full-access');
    const reply = await server.send('GET', '/repositories', ['Authorization', authorization(secret)]);
    expect(reply.status).toBe(status);
    // A credential that is not written as one costs no look-up.
    expect(CountingStore.lookUps).toBe(status === 200 ? 1 : 0);
    expect(calls).toHaveLength(status === 200 ? 1 : 0);
  });

  it('T13 a wrong checksum costs no look-up, a right one proves nothing', async () => {
    const server = await startApplication(platform, reviewServer({ repository: CountingStore }));
    const other = await startApplication(platform, reviewServer());
    const foreign = await issueSecret(other, 'full-access');
    const damaged = foreign.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect((await server.send('GET', '/repositories', bearer(damaged))).status).toBe(401);
    expect(CountingStore.lookUps).toBe(0);
    expect((await server.send('GET', '/repositories', bearer(foreign))).status).toBe(401);
    expect(CountingStore.lookUps).toBe(1);
  });

  it('O05 a token in the query string is no credential', async () => {
    const server = await startApplication(platform, reviewServer({ headers: ['x-api-key'] }));
    const secret = await issueSecret(server, 'full-access');
    const reply = await server.send('GET', `/repositories?api_key=${secret}&access_token=${secret}`);
    expect(reply).toMatchObject({ status: 401, body: { code: 'API_TOKEN_REQUIRED' } });
  });

  it('T19 accepts another prefix while it issues one', async () => {
    class Shared extends InMemoryApiTokenStore {
      static readonly one = new Shared();
    }
    const repository = { useValue: Shared.one };
    const old = await startApplication(platform, reviewServer({ repository, token: { prefix: 'old' } }));
    const secret = await issueSecret(old, 'full-access');
    const server = await startApplication(
      platform,
      reviewServer({ repository, token: { prefix: 'acme', acceptedPrefixes: ['old'] } }),
    );
    expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(200);
    expect(await issueSecret(server, 'full-access')).toMatch(/^acme_/);
  });

  it('digests under peppers: old keys and no key are found, and a stolen table without the key is not', async () => {
    const store = new InMemoryApiTokenStore();
    const repository = { useValue: store as ApiTokenRepository };
    const keys = { a: 'a'.repeat(16), b: Buffer.alloc(32, 7) };
    const configured = [undefined, { current: 'a', keys: { a: keys.a } }, { current: 'b', keys }];
    const secrets: string[] = [];
    for (const peppers of configured) {
      const server = await startApplication(
        platform,
        reviewServer({ repository, token: { prefix: 'acme', ...(peppers && { peppers }) } }),
      );
      secrets.push(await issueSecret(server, 'full-access'));
      for (const secret of secrets) {
        expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(200);
      }
    }
    const withoutKey = await startApplication(platform, reviewServer({ repository }));
    for (const secret of secrets) {
      expect((await withoutKey.send('GET', '/repositories', bearer(secret))).status).toBe(401);
    }
  });

  describe("with credentials: 'optional'", () => {
    /** Stands for a JWT guard that comes after this library's. */
    class SessionGuard implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        const request = context
          .switchToHttp()
          .getRequest<{ headers: Record<string, string>; user?: unknown }>();
        if (getApiToken(request) !== undefined) return true;
        if (request.headers['authorization'] === 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln') return true;
        throw new UnauthorizedException('session guard');
      }
    }

    function sessionServer() {
      const { providers: _, ...server } = reviewServer({ credentials: 'optional', headers: ['x-api-key'] });
      const guards = [{ useExisting: ApiTokenPolicyGuard }, { useClass: SessionGuard }];
      return { ...server, providers: guards.map((guard) => ({ provide: APP_GUARD, ...guard })) };
    }

    it("T21 another guard's credentials pass, and no token is there", async () => {
      const server = await startApplication(platform, sessionServer());
      const reply = await server.send('GET', '/server-info', bearer('eyJhbGciOiJIUzI1NiJ9.e30.c2ln'));
      expect(reply).toMatchObject({ status: 200, body: { tokenId: null } });
      expect((await server.send('GET', '/server-info')).body).toMatchObject({ message: 'session guard' });
    });

    it('an API token passes', async () => {
      const server = await startApplication(platform, sessionServer());
      const secret = await issueSecret(server, 'full-access');
      expect((await server.send('GET', '/server-info', bearer(secret))).body['tokenId']).toEqual(
        expect.any(String),
      );
    });

    it.each([
      ['a damaged one', ['Authorization', 'Bearer acme_x']],
      ['one behind a tab', ['Authorization', 'Bearer\tacme_x']],
      ['an empty header', ['x-api-key', '']],
    ])('a bad API token does not: %s', async (_, headers) => {
      const server = await startApplication(platform, sessionServer());
      const reply = await server.send('GET', '/server-info', headers);
      expect(reply).toMatchObject({ status: 401, body: { code: 'INVALID_API_TOKEN' } });
    });

    it('@ApiTokenAccess(false) closes a route to tokens, not to sessions', async () => {
      const server = await startApplication(platform, sessionServer());
      expect((await server.send('GET', '/account', bearer('eyJhbGciOiJIUzI1NiJ9.e30.c2ln'))).status).toBe(
        200,
      );
      const secret = await issueSecret(server, 'full-access');
      expect((await server.send('GET', '/account', bearer(secret))).status).toBe(403);
    });
  });
});
