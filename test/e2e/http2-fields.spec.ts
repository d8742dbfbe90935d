import { expect, it } from '@jest/globals';
import { startApplication } from '../support/application.js';
import { sendFrames } from '../support/http2-frames.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';

const REQUEST = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/projects'],
  [':authority', 'localhost'],
] as const;

async function start() {
  const server = await startApplication(
    'Fastify over HTTP/2 (M08)',
    reviewServer({ requests: { headers: ['x-api-key'] } }),
  );
  return { port: server.port, secret: await issueSecret(server, 'full-access') };
}

it('M08 one credential in raw frames opens the route', async () => {
  const { port, secret } = await start();
  expect(await sendFrames(port, [...REQUEST, ['authorization', `Bearer ${secret}`]])).toContain(
    'project.list',
  );
  expect(await sendFrames(port, [...REQUEST, ['x-api-key', secret]])).toContain('project.list');
  expect(await sendFrames(port, REQUEST)).toContain('API_TOKEN_REQUIRED');
});

it.each<[string, (secret: string) => (readonly [string, string])[]]>([
  [
    'a second Authorization',
    (secret) => [
      ['authorization', `Bearer ${secret}`],
      ['authorization', 'Basic eDp5'],
    ],
  ],
  [
    'a first Authorization',
    (secret) => [
      ['authorization', 'Basic eDp5'],
      ['authorization', `Bearer ${secret}`],
    ],
  ],
  [
    'a second key',
    (secret) => [
      ['x-api-key', secret],
      ['x-api-key', secret],
    ],
  ],
  [
    'a key beside Authorization',
    (secret) => [
      ['x-api-key', secret],
      ['authorization', `Bearer ${secret}`],
    ],
  ],
])('M08 T06 %s over HTTP/2 is ambiguous, though Node keeps one of two fields', async (_, fields) => {
  const { port, secret } = await start();
  expect(await sendFrames(port, [...REQUEST, ...fields(secret)])).toContain('AMBIGUOUS_CREDENTIALS');
  expect(calls).toEqual([]);
});

it.each<[string, (readonly [string, string])[]]>([
  ['two paths', [...REQUEST, [':path', '/server-info']]],
  ['two methods', [...REQUEST, [':method', 'POST']]],
  ['an upper-case field', [...REQUEST, ['Authorization', 'x']]],
])('M08 with %s it is no request', async (_, fields) => {
  const { port, secret } = await start();
  expect(await sendFrames(port, [...fields, ['authorization', `Bearer ${secret}`]])).toBeNull();
  expect(calls).toEqual([]);
});
