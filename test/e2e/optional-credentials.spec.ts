import { type CanActivate, type ExecutionContext, UnauthorizedException } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { ApiTokenPolicyGuard, getApiToken } from 'nestjs-api-token';
import { bearer, PLATFORMS, startApplication } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';

const SESSION = 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln';

/** Stands for a JWT guard that comes after this library's. */
class SessionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: unknown }>();
    if (getApiToken(request) !== undefined) return true;
    if (request.headers['authorization'] === `Bearer ${SESSION}`) return true;
    throw new UnauthorizedException('session guard');
  }
}

function sessionServer() {
  const { providers: _, ...server } = reviewServer({
    requests: { credentials: 'optional', headers: ['x-api-key'] },
  });
  const guards = [{ useExisting: ApiTokenPolicyGuard }, { useClass: SessionGuard }];
  return { ...server, providers: guards.map((guard) => ({ provide: APP_GUARD, ...guard })) };
}

describe.each(PLATFORMS)("credentials: 'optional' on %s", (platform) => {
  it("T21 another guard's credentials pass, and no token is there", async () => {
    const server = await startApplication(platform, sessionServer());
    const reply = await server.send('GET', '/server-info', bearer(SESSION));
    expect(reply).toMatchObject({ status: 200, body: { tokenId: null } });
    for (const headers of [[], ['Authorization', 'Basic Zm9vOmJhcg==']]) {
      expect((await server.send('GET', '/server-info', headers)).body).toMatchObject({
        message: 'session guard',
      });
    }
  });

  it('T21 nothing but the option lets requests without a token pass', async () => {
    const server = await startApplication(platform, reviewServer({ requests: { headers: ['x-api-key'] } }));
    for (const headers of [[], bearer(SESSION), ['Authorization', 'Basic Zm9vOmJhcg==']]) {
      const reply = await server.send('GET', '/server-info', headers);
      expect(reply).toMatchObject({ status: 401, body: { code: 'API_TOKEN_REQUIRED' } });
    }
    expect(calls).toEqual([]);
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
    ['a damaged one beside a session', ['Authorization', `Bearer ${SESSION}`, 'x-api-key', 'acme_x']],
  ])('T21 a bad API token does not: %s', async (_, headers) => {
    const server = await startApplication(platform, sessionServer());
    const reply = await server.send('GET', '/server-info', headers);
    expect(reply).toMatchObject({ status: 401, body: { code: 'INVALID_API_TOKEN' } });
    expect(calls).toEqual([]);
  });

  it('@ApiTokenAccess(false) closes a route to tokens, not to sessions', async () => {
    const server = await startApplication(platform, sessionServer());
    expect((await server.send('GET', '/account', bearer(SESSION))).status).toBe(200);
    const secret = await issueSecret(server, 'full-access');
    expect((await server.send('GET', '/account', bearer(secret))).status).toBe(403);
  });
});
