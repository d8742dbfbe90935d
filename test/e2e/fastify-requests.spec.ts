import type { ServerResponse } from 'node:http';
import { Controller, Get, type INestApplication, Req } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { type ApiToken, type ApiTokenOwnerProvider, getApiToken } from 'nestjs-api-token';
import { bearer, startApplication, TRANSPORTS } from '../support/application.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

class Owners implements ApiTokenOwnerProvider {
  load(ownerId: string) {
    return { name: ownerId };
  }
}

@Controller('me')
class MeController {
  @Get()
  show(@Req() request: { user?: unknown }) {
    return { user: request.user };
  }
}

interface Decorating {
  decorateRequest(name: string, accessors: object): void;
}

describe.each(TRANSPORTS)("what is left on a request of Node's, on %s", (transport) => {
  async function start() {
    let finish: (token: ApiToken | undefined) => void;
    const seen = new Promise<ApiToken | undefined>((resolve) => {
      finish = resolve;
    });
    const listen = (app: INestApplication) => {
      app.use((request: object, response: ServerResponse, next: () => void) => {
        response.on('finish', () => finish(getApiToken(request)));
        next();
      });
    };
    return { server: await startApplication(transport, reviewServer(), listen), seen };
  }

  it('RO03: is the token, for a middleware that logs when a response has been sent', async () => {
    const { server, seen } = await start();
    await server.send('GET', '/projects', bearer(await issueSecret(server, 'full-access', 'doc')));
    expect(await seen).toMatchObject({ ownerId: 'doc' });
  });

  it('RO03: is the token of a request that was denied', async () => {
    const { server, seen } = await start();
    const nothing = { resources: { '*': { block: ['*' as const] } } };
    const { status } = await server.send('GET', '/projects', bearer(await issueSecret(server, nothing)));
    expect(status).toBe(403);
    expect(await seen).toMatchObject({ ownerId: 'grumpy' });
  });

  it('RO03: is nothing without a token', async () => {
    const { server, seen } = await start();
    await server.send('GET', '/projects');
    expect(await seen).toBeUndefined();
  });
});

describe.each(TRANSPORTS.filter((transport) => transport !== 'Express'))('the owner on %s', (transport) => {
  it.each<[string, object]>([
    ['no setter', { getter: () => undefined }],
    [
      'a getter that throws',
      {
        getter: () => {
          throw new Error('no user yet');
        },
      },
    ],
    ['a setter too', accessors()],
  ])('RO04: is request.user, where an application decorated requests with %s', async (_, decorator) => {
    const server = await startApplication(
      transport,
      { ...reviewServer({ ownerProvider: Owners }), controllers: [MeController] },
      (app) => (app.getHttpAdapter().getInstance() as Decorating).decorateRequest('user', decorator),
    );
    const secrets = [
      await issueSecret(server, 'full-access', 'doc'),
      await issueSecret(server, 'full-access'),
    ];
    const users: unknown[] = [];
    for (const secret of secrets) users.push((await server.send('GET', '/me', bearer(secret))).body['user']);
    expect(users).toEqual([{ name: 'doc' }, { name: 'grumpy' }]);
  });
});

/** As an application keeps a user apart from the request. */
function accessors() {
  const users = new WeakMap<object, unknown>();
  return {
    getter(this: object) {
      return users.get(this);
    },
    setter(this: object, user: unknown) {
      users.set(this, user);
    },
  };
}

describe('a request that is none', () => {
  it.each([undefined, null, {}])('RO08: getApiToken(%j) is undefined', (request) => {
    expect(getApiToken(request)).toBeUndefined();
  });
});
