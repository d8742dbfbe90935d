import { describe, expect, it } from '@jest/globals';
import {
  All,
  Controller,
  Delete,
  Get,
  Head,
  HttpCode,
  Options,
  Param,
  Patch,
  Post,
  Put,
} from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { METHODS } from 'node:http';
import { COMMON_METHODS, type HttpMethod, PolicyId, type TokenPolicy } from 'nestjs-api-token';
import {
  bearer,
  PLATFORMS,
  sharedApplication,
  startApplication,
  TRANSPORTS,
} from '../support/application.js';
import { outcomeOf } from '../support/control.js';
import {
  expectAuthorized,
  type AuthorizedRequest,
  repositoryPolicy,
} from '../support/authorized-requests.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';
import { rawRequest, sendRaw } from '../support/send-raw.js';

function onAll(section: { allow?: HttpMethod[]; block?: HttpMethod[] }): TokenPolicy {
  return { resources: { server_info: { '*': section } } };
}

const ANYTHING = '/server-info/anything';

const REQUESTS: AuthorizedRequest[] = [
  [
    'M01 HEAD where GET alone is blocked',
    repositoryPolicy({ '*': { block: ['GET'] } }),
    'HEAD',
    '/projects/1',
    403,
  ],
  [
    'M01 HEAD where GET of the item is blocked',
    repositoryPolicy({ '1': { block: ['GET'] } }),
    'HEAD',
    '/projects/1',
    403,
  ],
  [
    'M01 HEAD of a list where GET is blocked',
    repositoryPolicy({ '*': { block: ['GET'] } }),
    'HEAD',
    '/projects',
    403,
  ],
  ['M01 HEAD where GET is allowed', 'full-access', 'HEAD', '/projects/1', 200],
  [
    'M01 HEAD alone',
    repositoryPolicy({ '*': { allow: ['HEAD'], block: ['*'] } }),
    'HEAD',
    '/projects/1',
    200,
  ],
  ['M01 HEAD on @All where GET is blocked', onAll({ block: ['GET'] }), 'HEAD', ANYTHING, 403],
  ['M02 an uncommon method on @All', onAll({ block: ['POST'] }), 'TRACE', ANYTHING, 403],
  ['M02 with full access', 'full-access', 'TRACE', ANYTHING, 403],
  ['M02 where a star allows', { resources: { '*': { allow: ['*'] } } }, 'TRACE', ANYTHING, 403],
  ['M02 where it is named', onAll({ allow: ['TRACE'] }), 'TRACE', ANYTHING, 200],
  ['M17 TRACE on @All', 'full-access', 'TRACE', ANYTHING, 403],
  ['@All with a common method', 'full-access', 'PATCH', ANYTHING, 200],
  ['@All with a blocked method', onAll({ block: ['PATCH'] }), 'PATCH', ANYTHING, 403],
];

@PolicyId('cat')
@Controller('cats')
class EveryMethodController {
  @Get('get/:id')
  get(@Param('id') id: string) {
    calls.push(`GET ${id}`);
  }

  @Head('head/:id')
  head(@Param('id') id: string) {
    calls.push(`HEAD ${id}`);
  }

  @Options('options/:id')
  options(@Param('id') id: string) {
    calls.push(`OPTIONS ${id}`);
  }

  @HttpCode(200)
  @Post('post/:id')
  post(@Param('id') id: string) {
    calls.push(`POST ${id}`);
  }

  @Put('put/:id')
  put(@Param('id') id: string) {
    calls.push(`PUT ${id}`);
  }

  @Patch('patch/:id')
  patch(@Param('id') id: string) {
    calls.push(`PATCH ${id}`);
  }

  @Delete('delete/:id')
  delete(@Param('id') id: string) {
    calls.push(`DELETE ${id}`);
  }

  @All('all/:id')
  all(@Param('id') id: string) {
    calls.push(`ALL ${id}`);
  }
}

describe.each(TRANSPORTS)('methods on %s', (transport) => {
  const server = sharedApplication(transport, reviewServer);

  it.each(REQUESTS)('%s', (...request) => expectAuthorized(server, request));

  it.each(METHODS.filter((method) => method !== 'CONNECT'))(
    'M02 full access and %s on @All',
    async (method) => {
      const secret = await issueSecret(server, 'full-access');
      const { status, called } = await outcomeOf(server, method, ANYTHING, bearer(secret));
      const isCommon = (COMMON_METHODS as readonly string[]).includes(method);
      expect(called).toHaveLength(isCommon ? 1 : 0);
      expect(status < 300).toBe(isCommon);
    },
  );
});

describe.each(TRANSPORTS)('every method on %s', (transport) => {
  const server = sharedApplication(transport, () => ({
    ...reviewServer(),
    controllers: [EveryMethodController],
  }));

  it.each(COMMON_METHODS)('M01 M02 %s runs a handler only where it is allowed', async (method) => {
    const [blocked, alone] = await Promise.all([
      issueSecret(server, { resources: { cat: { '7': { block: [method] } } } }),
      issueSecret(server, { resources: { cat: { '*': { block: ['*'] }, '7': { allow: [method] } } } }),
    ]);
    for (const path of COMMON_METHODS.map((name) => name.toLowerCase())) {
      const denied = await outcomeOf(server, method, `/cats/${path}/7`, bearer(blocked));
      expect({ path, ...denied }).toEqual({ path, status: expect.any(Number), called: [] });
      expect([403, 404]).toContain(denied.status);
      const { called } = await outcomeOf(server, method, `/cats/${path}/7`, bearer(alone));
      const isDeclared = path === method.toLowerCase() || (method === 'HEAD' && path === 'get');
      expect({ path, called }).toEqual({ path, called: isDeclared ? [`${path.toUpperCase()} 7`] : [] });
      expect((await outcomeOf(server, method, `/cats/${path}/8`, bearer(alone))).called).toEqual([]);
    }
    expect(await outcomeOf(server, method, '/cats/all/7', bearer(blocked))).toEqual({
      status: 403,
      called: [],
    });
    expect((await outcomeOf(server, method, '/cats/all/7', bearer(alone))).called).toEqual(['ALL 7']);
  });
});

describe.each(PLATFORMS)('request lines on %s', (platform) => {
  const server = sharedApplication(platform, reviewServer);

  it.each(['get', 'Get', 'GETT', 'head', 'trace', 'G ET', 'GET,POST', 'CONNECT'])(
    'M07 %s reaches no handler',
    async (method) => {
      calls.length = 0;
      const token = `Authorization: Bearer ${await issueSecret(server, 'full-access')}`;
      for (const path of ['/projects/42', ANYTHING]) {
        const reply = await sendRaw(server.port, rawRequest(`${method} ${path} HTTP/1.1`, [token]));
        expect(reply).toMatch(method === 'CONNECT' ? /^(?:HTTP\/1\.1 4\d\d |$)/ : /^HTTP\/1\.1 400 /);
      }
      expect(calls).toEqual([]);
    },
  );
});

describe('methods on Fastify alone', () => {
  const http2 = sharedApplication('Fastify over HTTP/2 (M08)', reviewServer);

  it.each(['get', 'Get', 'GETT', 'trace', 'CONNECT'])(
    'M07 M08 %s over HTTP/2 reaches no handler',
    async (method) => {
      calls.length = 0;
      const secret = await issueSecret(http2, 'full-access');
      for (const path of ['/projects/42', ANYTHING]) {
        const reply = await http2.send(method, path, bearer(secret)).catch(() => null);
        // CONNECT with a path is a malformed request (RFC 9113 §8.5), which Node's client does not send.
        expect(reply?.status).toBe(method === 'CONNECT' ? undefined : 404);
      }
      expect(calls).toEqual([]);
    },
  );

  it('M01 HEAD has no route where exposeHeadRoutes is false', async () => {
    const adapter = new FastifyAdapter({ exposeHeadRoutes: false });
    const server = await startApplication('Fastify', reviewServer(), undefined, adapter);
    const secret = await issueSecret(server, 'full-access');
    const outcome = await outcomeOf(server, 'HEAD', '/projects/1', bearer(secret));
    expect(outcome).toEqual({ status: 404, called: [] });
  });
});

it.todo('M08 HTTP/2 on Express: Express 4 and 5 answer HTTP/1 only, a proxy in front speaks HTTP/2 for them');
