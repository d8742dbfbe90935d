import type { INestApplication } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import type { TokenPolicy } from 'nestjs-api-token';
import { bearer, PLATFORMS, startApplication, type Transport, TRANSPORTS } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';
import { READ_ONLY } from '../support/review-board-policies.js';

interface OverridableRequest {
  method: string;
  readonly headers: Record<string, string | undefined>;
}

/** What the usual middleware does. */
function override(request: OverridableRequest): void {
  request.method = request.headers['x-http-method-override'] ?? request.method;
}

/** Express routes after its middleware, Fastify before its hooks. */
function overrideMethods(transport: Transport) {
  return (app: INestApplication): void => {
    if (transport === 'Express') {
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

const HEAD_ONLY: TokenPolicy = { resources: { '*': { allow: ['HEAD'], block: ['*'] } } };
const GET_ONLY: TokenPolicy = { resources: { '*': { allow: ['GET'], block: ['*'] } } };

const TO_HEAD = ['X-HTTP-Method-Override', 'HEAD'];

describe.each(TRANSPORTS.filter((transport) => transport !== 'Express'))(
  'RX03 a method that becomes HEAD after the request was routed on %s',
  (transport) => {
    const start = () => startApplication(transport, reviewServer(), overrideMethods(transport));

    it('reads nothing for a token that may HEAD only', async () => {
      const server = await start();
      const headOnly = bearer(await issueSecret(server, HEAD_ONLY));
      for (const path of ['/projects', '/projects/1']) {
        const reply = await server.send('GET', path, [...headOnly, ...TO_HEAD]);
        expect(reply.text).not.toContain('handler');
        expect(reply.status).toBe(403);
      }
      expect(calls).toEqual([]);
      expect((await server.send('HEAD', '/projects', headOnly)).status).toBe(200);
      expect((await server.send('HEAD', '/projects', [...headOnly, ...TO_HEAD])).status).toBe(200);
    });

    it('is the GET that was routed for a token that may GET', async () => {
      const server = await start();
      const getOnly = bearer(await issueSecret(server, GET_ONLY));
      expect((await server.send('GET', '/projects', [...getOnly, ...TO_HEAD])).status).toBe(200);
      expect((await server.send('HEAD', '/projects', getOnly)).status).toBe(403);
    });

    it('is HEAD on a route of all methods, as its handler sees it', async () => {
      const server = await start();
      const headOnly = bearer(await issueSecret(server, HEAD_ONLY));
      const getOnly = bearer(await issueSecret(server, GET_ONLY));
      const send = (token: string[]) => server.send('GET', '/server-info/anything', [...token, ...TO_HEAD]);
      expect((await send(headOnly)).status).toBe(200);
      expect((await send(getOnly)).status).toBe(403);
    });
  },
);

describe.each(TRANSPORTS)('RX03 a token that may HEAD only on %s', (transport) => {
  it('writes nothing, whatever the method becomes', async () => {
    const server = await startApplication(transport, reviewServer(), overrideMethods(transport));
    const headOnly = bearer(await issueSecret(server, HEAD_ONLY));
    const requests = [
      ['POST', '/projects'],
      ['PUT', '/projects/1'],
      ['DELETE', '/projects/1'],
    ] as const;
    for (const [method, path] of requests) {
      // On Express the answer to HEAD has no body, which a client that sent another method waits for.
      await server.send(method, path, [...headOnly, ...TO_HEAD], {}).catch(() => undefined);
    }
    expect(calls.filter((call) => /create|update|remove/.test(call))).toEqual([]);
  });
});

describe.each(PLATFORMS)('M05 method override on %s', (platform) => {
  it('never runs a handler that the policy would not allow', async () => {
    const server = await startApplication(platform, reviewServer(), overrideMethods(platform));
    const readOnly = bearer(await issueSecret(server, READ_ONLY));
    const asGet = await server.send('POST', '/projects', [...readOnly, 'X-HTTP-Method-Override', 'GET'], {});
    // Express routes the overridden method to the list; Fastify has routed POST to create already.
    expect(asGet.status).toBe(platform === 'Express' ? 200 : 403);
    expect(calls).toEqual(platform === 'Express' ? ['project.list'] : []);
    const asDelete = await server.send('POST', '/projects/1', [
      ...readOnly,
      'X-HTTP-Method-Override',
      'DELETE',
    ]);
    expect(asDelete.status).not.toBe(200);
  });

  it.each([
    ['PUT', 'GET', '/projects/1'],
    ['GET', 'DELETE', '/projects/1'],
    ['GET', 'get', '/projects/1'],
    ['GET', '*', '/projects/1'],
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
      expect(calls).toEqual(isRead ? ['project.find 1'] : []);
      expect(reply.status < 300).toBe(isRead);
      const open = bearer(await issueSecret(server, 'full-access'));
      await server.send(method, path, [...open, 'X-HTTP-Method-Override', overridden]);
      expect(calls.filter((call) => /update|remove|anything/.test(call))).toEqual(
        platform === 'Express' && overridden === 'DELETE' ? ['project.remove 1'] : [],
      );
    },
  );

  it.each([
    ['/projects', ['X-HTTP-Method-Override', 'GET']],
    ['/projects', ['X-HTTP-Method', 'GET', 'X-Method-Override', 'GET']],
    ['/projects?_method=GET', []],
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
