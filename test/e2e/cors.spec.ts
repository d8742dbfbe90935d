import { describe, expect, it } from '@jest/globals';
import { bearer, startApplication, TRANSPORTS, type Reply } from '../support/application.js';
import { BLOCKED_42 } from '../support/authorized-requests.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';

const ORIGIN = ['Origin', 'http://example.test'];

const PREFLIGHT = [
  ...ORIGIN,
  'Access-Control-Request-Method',
  'GET',
  'Access-Control-Request-Headers',
  'authorization',
];

/** What a reply tells, without what changes from one to the next. */
function told({ status, headers, text }: Reply) {
  const { date: _date, ':status': _status, ...rest } = headers;
  return { status, headers: { ...rest }, text };
}

describe.each(TRANSPORTS)('M03 CORS on %s', (transport) => {
  it('a preflight is answered without a token and without the guard', async () => {
    const server = await startApplication(transport, reviewServer(), (app) => app.enableCors());
    const reply = await server.send('OPTIONS', '/projects/42', PREFLIGHT);
    expect(reply.status).toBe(204);
    expect(reply.headers['access-control-allow-origin']).toBe('*');
    expect(reply.headers).not.toHaveProperty('www-authenticate');
    expect(calls).toEqual([]);
  });

  it('a preflight tells nothing of routes, items and tokens', async () => {
    const server = await startApplication(transport, reviewServer(), (app) => app.enableCors());
    const secret = await issueSecret(server, BLOCKED_42);
    const reply = told(await server.send('OPTIONS', '/projects/1', PREFLIGHT));
    for (const path of ['/projects/42', '/server-info/anything', '/account', '/nowhere']) {
      expect(told(await server.send('OPTIONS', path, PREFLIGHT))).toEqual(reply);
      expect(told(await server.send('OPTIONS', path, [...PREFLIGHT, ...bearer(secret)]))).toEqual(reply);
    }
    expect(calls).toEqual([]);
  });

  it('a denied request may be read by its origin', async () => {
    const origin = 'http://example.test';
    const server = await startApplication(transport, reviewServer(), (app) => app.enableCors({ origin }));
    const secret = await issueSecret(server, BLOCKED_42);
    const denied = await server.send('GET', '/projects/42', [...ORIGIN, ...bearer(secret)]);
    expect(denied.status).toBe(403);
    expect(denied.headers['access-control-allow-origin']).toBe(origin);
    const unknown = await server.send('GET', '/projects/42', ORIGIN);
    expect(unknown.status).toBe(401);
    expect(unknown.headers['access-control-allow-origin']).toBe(origin);
    expect(calls).toEqual([]);
  });

  it('OPTIONS that goes on to a handler is authorized like any method', async () => {
    const server = await startApplication(transport, reviewServer(), (app) =>
      app.enableCors({ preflightContinue: true }),
    );
    const anything = '/server-info/anything';
    expect((await server.send('OPTIONS', anything, PREFLIGHT)).status).toBe(401);
    const blocked = await issueSecret(server, {
      resources: { server_info: { '*': { block: ['OPTIONS'] } } },
    });
    expect((await server.send('OPTIONS', anything, [...PREFLIGHT, ...bearer(blocked)])).status).toBe(403);
    expect(calls).toEqual([]);
    const open = await issueSecret(server, 'full-access');
    expect((await server.send('OPTIONS', anything, [...PREFLIGHT, ...bearer(open)])).status).toBe(200);
    expect(calls).toEqual(['server_info.anything']);
  });

  it('OPTIONS without CORS has no route of its own', async () => {
    const server = await startApplication(transport, reviewServer());
    const secret = await issueSecret(server, 'full-access');
    const reply = await server.send('OPTIONS', '/projects/42', [...PREFLIGHT, ...bearer(secret)]);
    expect([200, 404]).toContain(reply.status);
    expect(calls).toEqual([]);
  });
});
