import type { Server } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext, INestApplication } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  ApiTokenOwnerProvider,
  ApiTokenPolicyGuard,
  type ApiTokenModuleOptions,
  ApiTokenService,
} from 'nestjs-api-token';
import { bearer, PLATFORMS, startApplication } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';
import { rawRequest, sendRaw } from '../support/send-raw.js';

type Next = () => void;

/** What handlers find on `request.user` behind the policy guard. */
async function startWithOwners(configure: (app: INestApplication) => void) {
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
    'Express',
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

describe('RO04 middleware that has declared request.user itself, on Express', () => {
  it.each([
    ['a getter', { get: () => undefined, configurable: true }],
    ['fixed', { value: null, writable: false, configurable: true }],
  ])('has the owner there where it was %s', async (_, descriptor) => {
    const { secret, server, users } = await startWithOwners((app) => {
      app.use((request: object, _response: unknown, next: Next) => {
        Object.defineProperty(request, 'user', descriptor);
        next();
      });
    });
    expect((await server.send('GET', '/projects', bearer(secret))).status).toBe(200);
    expect(users).toEqual([{ name: 'doc' }]);
  });
});

describe.each(PLATFORMS)('RO07 two credentials on %s', (platform) => {
  async function start(
    configure: (app: INestApplication) => void,
    overrides: Partial<ApiTokenModuleOptions> = {},
  ) {
    const server = await startApplication(platform, reviewServer(overrides), configure);
    const secrets = [await issueSecret(server, 'full-access'), await issueSecret(server, 'full-access')];
    const [one, other] = secrets.map((secret) => `Authorization: Bearer ${secret}`);
    const status = async (...headers: string[]) =>
      Number((await sendRaw(server.port, rawRequest('GET /projects HTTP/1.1', headers))).slice(9, 12));
    return { one: one!, other: other!, status };
  }

  it.each([
    ['bytes', Buffer.from('body')],
    ['text', 'body'],
    ['one field', { rawHeaders: ['Authorization', 'x'] }],
    ['true', true],
    ['null', null],
    ['frozen', Object.freeze({ rawHeaders: Object.freeze([]) })],
  ])('are rejected where middleware has set request.raw: %s', async (_, raw) => {
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
    'are rejected where the server reads no more than %i fields',
    async (maxHeadersCount) => {
      const { one, other, status } = await start(
        (app) => {
          (app.getHttpServer() as Server).maxHeadersCount = maxHeadersCount;
        },
        { requests: { credentials: 'optional' } },
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
