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

  it('M06 the header alone does nothing', async () => {
    const server = await startApplication(platform, reviewServer());
    const readOnly = bearer(await issueSecret(server, READ_ONLY));
    const reply = await server.send(
      'POST',
      '/repositories',
      [...readOnly, 'X-HTTP-Method-Override', 'GET'],
      {},
    );
    expect(reply.status).toBe(403);
    expect(calls).toEqual([]);
  });
});
