import type { INestApplication } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import type { TokenPolicy } from 'nestjs-api-token';
import { bearer, type Platform, PLATFORMS, startApplication } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';

interface OverridableRequest {
  method: string;
  readonly headers: Record<string, string | undefined>;
}

/** What the usual middleware does. */
function override(request: OverridableRequest): void {
  request.method = request.headers['x-http-method-override'] ?? request.method;
}

/** Express routes after its middleware, Fastify before its hooks. */
function overrideMethods(platform: Platform) {
  return (app: INestApplication): void => {
    if (platform === 'Express') {
      app.use((request: OverridableRequest, _: unknown, next: () => void) => {
        override(request);
        next();
      });
      return;
    }
    const fastify = app.getHttpAdapter().getInstance() as {
      addHook(name: string, hook: (request: { raw: OverridableRequest }) => Promise<void>): void;
    };
    fastify.addHook('onRequest', async ({ raw }) => override(raw));
  };
}

const READ_ONLY: TokenPolicy = { resources: { '*': { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] } } };

describe.each(PLATFORMS)('M05 method override on %s', (platform) => {
  it('never runs a handler that the policy would not allow', async () => {
    const server = await startApplication(platform, reviewServer(), overrideMethods(platform));
    const readOnly = bearer(await issueSecret(server, READ_ONLY));
    const asGet = await server.send(
      'POST',
      '/repositories',
      [...readOnly, 'X-HTTP-Method-Override', 'GET'],
      {},
    );
    // Express routes the overridden method to the list; Fastify has routed POST to create already.
    expect(asGet.status).toBe(platform === 'Express' ? 200 : 403);
    expect(calls).toEqual(platform === 'Express' ? ['repository.list'] : []);
    const asDelete = await server.send('POST', '/repositories/1', [
      ...readOnly,
      'X-HTTP-Method-Override',
      'DELETE',
    ]);
    expect(asDelete.status).not.toBe(200);
  });

  it.each([
    ['PUT', 'GET', '/repositories/1'],
    ['GET', 'DELETE', '/repositories/1'],
    ['GET', 'get', '/repositories/1'],
    ['GET', '*', '/repositories/1'],
    ['POST', 'PROPFIND', '/server-info/anything'],
    ['GET', 'get', '/server-info/anything'],
    ['GET', '*', '/server-info/anything'],
    ['GET', '__proto__', '/server-info/anything'],
  ])(
    '%s overridden with %s runs only what the method it ends as may run',
    async (method, overridden, path) => {
      const server = await startApplication(platform, reviewServer(), overrideMethods(platform));
      const readOnly = bearer(await issueSecret(server, READ_ONLY));
      const reply = await server.send(method, path, [...readOnly, 'X-HTTP-Method-Override', overridden]);
      // Express finds the handler of GET or HEAD, which the policy allows.
      const isRead = platform === 'Express' && ['GET', 'HEAD'].includes(overridden);
      expect(calls).toEqual(isRead ? ['repository.find 1'] : []);
      expect(reply.status < 300).toBe(isRead);
      const open = bearer(await issueSecret(server, 'full-access'));
      await server.send(method, path, [...open, 'X-HTTP-Method-Override', overridden]);
      expect(calls.filter((call) => /update|remove|anything/.test(call))).toEqual(
        platform === 'Express' && overridden === 'DELETE' ? ['repository.remove 1'] : [],
      );
    },
  );

  it.each([
    ['/repositories', ['X-HTTP-Method-Override', 'GET']],
    ['/repositories', ['X-HTTP-Method', 'GET', 'X-Method-Override', 'GET']],
    ['/repositories?_method=GET', []],
    ['/server-info/anything', ['X-HTTP-Method-Override', 'GET']],
    ['/server-info/anything?_method=GET', []],
  ])('M06 %s with %j alone does nothing', async (path, headers) => {
    const server = await startApplication(platform, reviewServer());
    const readOnly = bearer(await issueSecret(server, READ_ONLY));
    const reply = await server.send('POST', path, [...readOnly, ...headers], { _method: 'GET' });
    expect(reply.status).toBe(403);
    expect(calls).toEqual([]);
  });
});
