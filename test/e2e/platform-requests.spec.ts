import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext, INestApplication } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  type ApiToken,
  type ApiTokenModuleExtras,
  ApiTokenOwnerProvider,
  ApiTokenPolicyGuard,
  type ApiTokenModuleOptions,
  ApiTokenService,
  getApiToken,
} from 'nestjs-api-token';
import { bearer, PLATFORMS, startApplication, type Transport, TRANSPORTS } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';
import { rawRequest, sendRaw } from '../support/send-raw.js';

type Next = () => void;

describe.each(TRANSPORTS)('RO03 the token that middleware sees when a request ends, on %s', (transport) => {
  async function start(overrides: Partial<ApiTokenModuleOptions> = {}) {
    const seen: (ApiToken | undefined)[] = [];
    const finished: Promise<unknown>[] = [];
    const server = await startApplication(transport, reviewServer(overrides), (app) => {
      app.use((request: object, response: ServerResponse, next: Next) => {
        expect(getApiToken(request)).toBeUndefined();
        finished.push(once(response, 'finish').then(() => seen.push(getApiToken(request))));
        next();
      });
    });
    const issued = await server.app.get(ApiTokenService).issue({ ownerId: 'doc', policy: 'full-access' });
    return {
      ...issued,
      send: async (...headers: string[]) => {
        const { status } = await server.send('GET', '/repositories', headers);
        await Promise.all(finished);
        return { status, token: seen.at(-1) };
      },
    };
  }

  it('is that of the request', async () => {
    const { secret, send, token } = await start();
    expect(await send(...bearer(secret))).toEqual({ status: 200, token });
  });

  it('is none where there was none', async () => {
    const { send } = await start({ credentials: 'optional' });
    expect(await send()).toEqual({ status: 200, token: undefined });
    expect(await send('Authorization', 'Basic Zm9vOmJhcg==')).toEqual({ status: 200, token: undefined });
  });

  it('is none where the token was refused', async () => {
    const { secret, send } = await start();
    expect(await send(...bearer(`${secret}x`))).toEqual({ status: 401, token: undefined });
  });
});

/** What handlers find on `request.user` behind the policy guard. */
async function startWithOwners(transport: Transport, configure?: (app: INestApplication) => void) {
  class Owners extends ApiTokenOwnerProvider {
    override load(ownerId: string): unknown {
      return { name: ownerId };
    }
  }
  const users: unknown[] = [];
  const canActivate = (context: ExecutionContext): boolean => {
    users.push(context.switchToHttp().getRequest<{ user?: unknown }>().user);
    return true;
  };
  const server = await startApplication(
    transport,
    {
      ...reviewServer({ ownerProvider: Owners }),
      providers: [
        { provide: APP_GUARD, useExisting: ApiTokenPolicyGuard },
        { provide: APP_GUARD, useValue: { canActivate } },
      ],
    },
    configure,
  );
  const { secret } = await server.app.get(ApiTokenService).issue({ ownerId: 'doc', policy: 'full-access' });
  return { server, secret, users };
}

describe.each(TRANSPORTS.filter((transport) => transport !== 'Express'))(
  'RO04 an application that has declared request.user itself, on %s',
  (transport) => {
    it.each([
      ['nothing', undefined],
      ['null', null],
      ['a getter', { getter: () => undefined }],
      ['a getter that has a user of its own', { getter: () => ({ name: 'anonymous' }) }],
    ])('has the owner there where it was %s', async (_, declared) => {
      const { secret, server, users } = await startWithOwners(transport, (app) => {
        const fastify = app.getHttpAdapter().getInstance() as {
          decorateRequest(name: string, value: unknown): void;
        };
        fastify.decorateRequest('user', declared);
      });
      for (let time = 0; time < 2; time += 1) {
        expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(200);
      }
      expect(users).toEqual([{ name: 'doc' }, { name: 'doc' }]);
    });

    it('is handed the owner where it takes one', async () => {
      const taken: unknown[] = [];
      const { secret, server } = await startWithOwners(transport, (app) => {
        const fastify = app.getHttpAdapter().getInstance() as {
          decorateRequest(name: string, value: unknown): void;
        };
        fastify.decorateRequest('user', {
          getter: () => taken.at(-1),
          setter: (user: unknown) => taken.push(user),
        });
      });
      expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(200);
      expect(taken).toEqual([{ name: 'doc' }]);
    });
  },
);

describe('RO04 an application that has declared request.user itself, on Express', () => {
  it.each([
    ['a getter', { get: () => undefined, configurable: true }],
    ['fixed', { value: null, writable: false, configurable: true }],
  ])('has the owner there where it was %s', async (_, descriptor) => {
    const { secret, server, users } = await startWithOwners('Express', (app) => {
      app.use((request: object, _response: unknown, next: Next) => {
        Object.defineProperty(request, 'user', descriptor);
        next();
      });
    });
    expect((await server.send('GET', '/repositories', bearer(secret))).status).toBe(200);
    expect(users).toEqual([{ name: 'doc' }]);
  });
});

describe.each(PLATFORMS)('RO07 two credentials on %s', (platform) => {
  async function start(
    configure: (app: INestApplication) => void,
    overrides: Partial<ApiTokenModuleOptions & ApiTokenModuleExtras> = {},
  ) {
    const server = await startApplication(platform, reviewServer(overrides), configure);
    const secrets = [await issueSecret(server, 'full-access'), await issueSecret(server, 'full-access')];
    const [one, other] = secrets.map((secret) => `Authorization: Bearer ${secret}`);
    const status = async (...headers: string[]) =>
      Number((await sendRaw(server.port, rawRequest('GET /repositories HTTP/1.1', headers))).slice(9, 12));
    return { one: one!, other: other!, status };
  }

  it.each([
    ['bytes', Buffer.from('body')],
    ['text', 'body'],
    ['an object', {}],
    ['no fields', { rawHeaders: [] }],
    ['one field', { rawHeaders: ['Authorization', 'x'] }],
    ['true', true],
    ['null', null],
    ['frozen', Object.freeze({ rawHeaders: Object.freeze([]) })],
  ])('are refused where middleware has set request.raw: %s', async (_, raw) => {
    const { one, other, status } = await start((app) => {
      app.use((request: object, _response: unknown, next: Next) => {
        Object.assign(request, { raw });
        next();
      });
    });
    expect(await status(one, other)).toBe(400);
    expect(await status(one, one)).toBe(400);
    expect(calls).toEqual([]);
    expect(await status(one)).toBe(200);
  });

  const filling = (length: number): string[] => Array.from({ length }, () => 'A: b');
  /** With Host and Connection, which `rawRequest()` writes. */
  const OTHERS = 2;

  it.each([4, 10, 31, 32, 33, 64, 100, 500])(
    'are refused where the server reads no more than %i fields',
    async (maxHeadersCount) => {
      const { one, other, status } = await start(
        (app) => {
          (app.getHttpServer() as Server).maxHeadersCount = maxHeadersCount;
        },
        { credentials: 'optional' },
      );
      for (const length of [maxHeadersCount - OTHERS - 2, maxHeadersCount, maxHeadersCount + 40]) {
        expect(await status(one, ...filling(length), other)).toBe(400);
      }
      // What may be a credential can't be seen: the request is not taken for one without.
      expect(await status(...filling(maxHeadersCount + 40), one)).toBe(400);
      expect(calls).toEqual([]);
      expect(await status(one)).toBe(200);
    },
  );

  it.each([0, -1, 4_000])(
    'are found behind 1,500 fields where the server reads %i',
    async (maxHeadersCount) => {
      const { one, other, status } = await start((app) => {
        (app.getHttpServer() as Server).maxHeadersCount = maxHeadersCount;
      });
      expect(await status(one, ...filling(1_500), other)).toBe(400);
      expect(await status(...filling(1_500), one)).toBe(200);
    },
  );
});
