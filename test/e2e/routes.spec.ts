import { describe, expect, it } from '@jest/globals';
import { METHODS } from 'node:http';
import { COMMON_METHODS, type TokenPolicy } from 'nestjs-api-token';
import { bearer, PLATFORMS, startApplication } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';

function repositoryPolicy(sections: Record<string, { allow?: string[]; block?: string[] }>): TokenPolicy {
  return { resources: { repository: sections } } as TokenPolicy;
}

const BLOCKED_42 = repositoryPolicy({ '42': { block: ['*'] } });

describe.each(PLATFORMS)('routes on %s', (platform) => {
  it.each<[string, TokenPolicy | 'full-access', string, string, number]>([
    [
      'P02 literal block beats literal allow',
      repositoryPolicy({ '*': { allow: ['GET'], block: ['GET'] } }),
      'GET',
      '/repositories/1',
      403,
    ],
    [
      'P03 star against star',
      repositoryPolicy({ '*': { allow: ['*'], block: ['*'] } }),
      'GET',
      '/repositories/1',
      403,
    ],
    [
      'P04 literal allow beats star',
      repositoryPolicy({ '*': { allow: ['GET'], block: ['*'] } }),
      'GET',
      '/repositories/1',
      200,
    ],
    [
      'P04 literal block beats star',
      repositoryPolicy({ '*': { allow: ['*'], block: ['PUT'] } }),
      'PUT',
      '/repositories/1',
      403,
    ],
    [
      'P05 falls through to the global section',
      { resources: { '*': { block: ['*'] }, repository: { '42': { allow: ['PUT'] } } } },
      'GET',
      '/repositories/42',
      403,
    ],
    ['P06 an item blocked', BLOCKED_42, 'GET', '/repositories/42', 403],
    ['P06 its neighbour', BLOCKED_42, 'GET', '/repositories/43', 200],
    [
      'P06 an item allowed',
      repositoryPolicy({ '*': { block: ['*'] }, '42': { allow: ['GET'] } }),
      'GET',
      '/repositories/42',
      200,
    ],
    [
      'P08 the collection asks no item',
      repositoryPolicy({ '*': { block: ['*'] }, '42': { allow: ['GET'] } }),
      'GET',
      '/repositories',
      403,
    ],
    ['P09 full access', 'full-access', 'DELETE', '/repositories/1', 200],
    ['P10 A01 @ApiTokenAccess(false)', 'full-access', 'GET', '/account', 403],
    ['P10 a method may open it again', 'full-access', 'GET', '/account/name', 200],
    [
      'P13 another resource',
      { resources: { review: { '*': { block: ['*'] } } } },
      'GET',
      '/repositories/1',
      200,
    ],
    ['P15 a parent counts for nothing', BLOCKED_42, 'GET', '/repositories/42/reviews', 200],
    [
      'M01 HEAD where GET alone is blocked',
      repositoryPolicy({ '*': { block: ['GET'] } }),
      'HEAD',
      '/repositories/1',
      403,
    ],
    ['M01 HEAD where GET is allowed', 'full-access', 'HEAD', '/repositories/1', 200],
    [
      'M01 HEAD alone',
      repositoryPolicy({ '*': { allow: ['HEAD'], block: ['*'] } }),
      'HEAD',
      '/repositories/1',
      200,
    ],
    [
      'M02 an uncommon method on @All',
      { resources: { server_info: { '*': { block: ['POST'] } } } },
      'TRACE',
      '/server-info/anything',
      403,
    ],
    ['M02 with full access', 'full-access', 'TRACE', '/server-info/anything', 403],
    [
      'M02 where it is named',
      { resources: { server_info: { '*': { allow: ['TRACE'] } } } },
      'TRACE',
      '/server-info/anything',
      200,
    ],
    ['M17 TRACE on @All', 'full-access', 'TRACE', '/server-info/anything', 403],
    ['@All with a common method', 'full-access', 'PATCH', '/server-info/anything', 200],
    ['C01 leading zeros', BLOCKED_42, 'GET', '/repositories/042', 400],
    ['C05 minus zero', repositoryPolicy({ '0': { block: ['*'] } }), 'GET', '/repositories/-0', 400],
    ['C06 an encoded ID', BLOCKED_42, 'GET', '/repositories/%34%32', 403],
    ['C07 a doubly encoded ID', BLOCKED_42, 'GET', '/repositories/%2534%2532', 400],
    ['C08 an encoded slash', BLOCKED_42, 'GET', '/repositories/4%2F2', 400],
    ['C09 NUL', BLOCKED_42, 'GET', '/repositories/42%00', 400],
    ['C10 full-width digits', BLOCKED_42, 'GET', '/repositories/%EF%BC%94%EF%BC%92', 400],
    ['C12 a star as the ID', 'full-access', 'GET', '/repositories/*', 400],
    [
      'C12 a star as the ID of text',
      { resources: { review: { '*': { block: ['*'] }, '7': { allow: ['*'] } } } },
      'GET',
      '/repositories/1/reviews/%2A',
      403,
    ],
    [
      'C14 __proto__ as the ID',
      { resources: { review: { '*': { block: ['*'] } } } },
      'GET',
      '/repositories/1/reviews/__proto__',
      403,
    ],
    [
      'C14 constructor as the ID',
      JSON.parse('{"resources":{"review":{"constructor":{"block":["*"]}}}}') as TokenPolicy,
      'GET',
      '/repositories/1/reviews/constructor',
      403,
    ],
    ['C15 the path names the item, the query does not', BLOCKED_42, 'GET', '/repositories/42?id=7', 403],
    ['C15 nor does it block', BLOCKED_42, 'GET', '/repositories/7?id=42', 200],
    ['M12 an absolute target', BLOCKED_42, 'GET', 'http://evil/repositories/42', 403],
  ])('%s', async (_, policy, method, path, status) => {
    const server = await startApplication(platform, reviewServer());
    const reply = await server.send(method, path, bearer(await issueSecret(server, policy)));
    expect(reply.status).toBe(status);
    if (status === 403) {
      expect(reply.headers['www-authenticate']).toBe('Bearer error="insufficient_scope"');
      if (method !== 'HEAD')
        expect(reply.body).toMatchObject({ statusCode: 403, error: 'Forbidden', code: 'PERMISSION_DENIED' });
    }
    if (status === 400) expect(reply.body).toMatchObject({ code: 'RESOURCE_ID_NOT_CANONICAL' });
    expect(calls).toHaveLength(status === 200 ? 1 : 0);
  });

  it('C18 an overlong ID is refused', async () => {
    const server = await startApplication(platform, reviewServer());
    const secret = await issueSecret(server, 'full-access');
    const reply = await server.send('GET', `/repositories/1/reviews/${'x'.repeat(10_000)}`, bearer(secret));
    expect([400, 404, 414]).toContain(reply.status);
    expect(calls).toEqual([]);
  });

  it('C19 a matrix suffix is judged as the handler gets it', async () => {
    const server = await startApplication(platform, reviewServer());
    const secret = await issueSecret(server, BLOCKED_42);
    const reply = await server.send('GET', '/repositories/42;x=1', bearer(secret));
    // Fastify 4 reads what is behind the semicolon as a query.
    expect([400, 403]).toContain(reply.status);
    expect(calls).toEqual([]);
  });

  it.each(METHODS.filter((method) => method !== 'CONNECT'))(
    'M02 full access and %s on @All',
    async (method) => {
      const server = await startApplication(platform, reviewServer());
      const reply = await server.send(
        method,
        '/server-info/anything',
        bearer(await issueSecret(server, 'full-access')),
      );
      const isCommon = (COMMON_METHODS as readonly string[]).includes(method);
      expect(calls).toHaveLength(isCommon ? 1 : 0);
      expect(reply.status < 300).toBe(isCommon);
    },
  );

  it('O03 a denial tells nothing of the item', async () => {
    const server = await startApplication(platform, reviewServer());
    const secret = await issueSecret(
      server,
      repositoryPolicy({ '1': { block: ['*'] }, '999': { block: ['*'] } }),
    );
    const [existing, absent] = await Promise.all(
      ['/repositories/1', '/repositories/999'].map((path) => server.send('GET', path, bearer(secret))),
    );
    expect(existing!.text).toBe(absent!.text);
    expect(existing!.body['message']).toBe(
      'The policy of this API token does not allow GET on this repository',
    );
  });

  it('explainDenials names the rule that decided', async () => {
    const server = await startApplication(platform, reviewServer({ explainDenials: true }));
    const reply = await server.send('GET', '/repositories/42', bearer(await issueSecret(server, BLOCKED_42)));
    expect(reply.body).toMatchObject({ rule: '/resources/repository/42/block/0' });
    const head = await server.send(
      'TRACE',
      '/server-info/anything',
      bearer(await issueSecret(server, 'full-access')),
    );
    expect(head.body).toMatchObject({ rule: null });
  });

  it('@SkipApiTokenPolicy reads no credential', async () => {
    const server = await startApplication(platform, reviewServer());
    expect((await server.send('GET', '/server-info/health', bearer('acme_broken'))).status).toBe(200);
  });

  it("W07 another library's public routes are mapped by skipIf, and only by true", async () => {
    const skipping = await startApplication(platform, reviewServer({ skipIf: () => true }));
    expect((await skipping.send('GET', '/repositories')).status).toBe(200);
    const truthy = await startApplication(
      platform,
      reviewServer({ skipIf: () => 'yes' as unknown as boolean }),
    );
    expect((await truthy.send('GET', '/repositories')).status).toBe(401);
  });

  it('M03 a preflight is answered without the guard', async () => {
    const server = await startApplication(platform, reviewServer(), (app) => app.enableCors());
    const reply = await server.send('OPTIONS', '/repositories/42', [
      'Origin',
      'http://example.test',
      'Access-Control-Request-Method',
      'GET',
    ]);
    expect(reply.status).toBe(204);
    expect(calls).toEqual([]);
  });

  it('M15 a global prefix changes nothing', async () => {
    const server = await startApplication(platform, reviewServer(), (app) => app.setGlobalPrefix('api'));
    const secret = await issueSecret(server, BLOCKED_42);
    expect((await server.send('GET', '/api/repositories/42', bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/api/repositories', bearer(secret))).status).toBe(200);
  });

  it('M18 a denied conditional request is 403, not 304', async () => {
    const server = await startApplication(platform, reviewServer());
    const secret = await issueSecret(server, BLOCKED_42);
    const reply = await server.send('GET', '/repositories/42', [...bearer(secret), 'If-None-Match', '*']);
    expect(reply.status).toBe(403);
  });

  it('W17 requests do not mix their tokens up', async () => {
    const server = await startApplication(platform, reviewServer());
    const open = await issueSecret(server, 'full-access');
    const closed = await issueSecret(server, BLOCKED_42);
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const secret = index % 2 === 0 ? open : closed;
        return (await server.send('GET', '/repositories/42', bearer(secret))).status;
      }),
    );
    expect(statuses.every((status, index) => status === (index % 2 === 0 ? 200 : 403))).toBe(true);
  });

  it('defaultDecision: deny turns what no section decides into a denial', async () => {
    const server = await startApplication(platform, reviewServer({ defaultDecision: 'deny' }));
    const secret = await issueSecret(server, { resources: { repository: { '*': { allow: ['GET'] } } } });
    expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(200);
    expect((await server.send('GET', '/server-info', bearer(secret))).status).toBe(403);
  });

  it('defaultTokenAccess: false closes what says nothing', async () => {
    const server = await startApplication(platform, reviewServer({ defaultTokenAccess: false }));
    const secret = await issueSecret(server, 'full-access');
    expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/account/name', bearer(secret))).status).toBe(200);
  });
});
