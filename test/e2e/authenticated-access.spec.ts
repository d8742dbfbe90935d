import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  All,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  type ModuleMetadata,
  Param,
  ParseIntPipe,
  Post,
  Scope,
  Sse,
  type Type,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { describe, expect, it, jest } from '@jest/globals';
import {
  type ApiToken,
  ApiTokenAccess,
  ApiTokenAuditError,
  type ApiTokenAuditFinding,
  ApiTokenConfigurationError,
  ApiTokenEvents,
  ApiTokenOwnerProvider,
  ApiTokenPolicyCatalog,
  ApiTokenPolicyGuard,
  ApiTokenService,
  CurrentApiToken,
  getApiToken,
  InMemoryApiTokenStore,
  PolicyId,
  RecheckApiToken,
  SkipApiTokenPolicy,
} from 'nestjs-api-token';
import { expectPoliciesToHold, PolicyMatrixError } from 'nestjs-api-token/testing';
import { createServer } from 'node:net';
import { interval, lastValueFrom, map, type Observable } from 'rxjs';
import { io } from 'socket.io-client';
import {
  bearer,
  createApplication,
  PLATFORMS,
  type Platform,
  type RunningApplication,
  startApplication,
} from '../support/application.js';
import { withControllers } from '../support/controllers.js';
import { openStream } from '../support/event-stream.js';
import { capturedLog } from '../support/log.js';
import { graphqlOperations, socketIoMessages, tcpMessages } from '../support/message-adapters.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

jest.setTimeout(30_000);

/** A policy that allows nothing at all. */
const NOTHING = { resources: { '*': { block: ['*'] } } } as const;

function owner(token: ApiToken | undefined): object {
  return { owner: token?.ownerId ?? null };
}

@PolicyId('project')
@Controller('projects')
class ProjectController {
  @Get()
  list() {
    return {};
  }

  @Get(':id')
  find(@Param('id', ParseIntPipe) id: number) {
    return { id };
  }

  @ApiTokenAccess('authenticated')
  @Get('all/whoami')
  whoami(@CurrentApiToken() token: ApiToken | undefined) {
    return owner(token);
  }

  // Without the decorator the path says nothing of its resource.
  @ApiTokenAccess('authenticated')
  @Get(':projectId/mine')
  mine(@Param('projectId') projectId: string, @CurrentApiToken() token: ApiToken | undefined) {
    return { projectId, ...owner(token) };
  }

  @ApiTokenAccess('authenticated')
  @All('all/anything')
  anything(@CurrentApiToken() token: ApiToken | undefined) {
    return owner(token);
  }
}

/** No name that a policy ID comes of, and none written. */
@ApiTokenAccess('authenticated')
@Controller('me')
class Me {
  @Get()
  show(@CurrentApiToken() token: ApiToken | undefined) {
    return owner(token);
  }

  @Post()
  touch(@CurrentApiToken() token: ApiToken | undefined) {
    return owner(token);
  }

  @PolicyId('name')
  @ApiTokenAccess()
  @Get('name')
  name() {
    return {};
  }

  @ApiTokenAccess(false)
  @Get('password')
  password() {
    return {};
  }

  @SkipApiTokenPolicy()
  @Get('health')
  health(@CurrentApiToken() token: ApiToken | undefined) {
    return owner(token);
  }
}

type Overrides = Parameters<typeof withControllers>[1];

const start = (platform: Platform, controllers: Type[] = [ProjectController, Me], overrides?: Overrides) =>
  startApplication(platform, withControllers(controllers, overrides));

/** What stops the start of an application, if something does. */
async function findingsOf(
  controllers: Type[],
  overrides?: Overrides,
  providers?: object[],
): Promise<readonly ApiTokenAuditFinding[]> {
  const metadata = withControllers(controllers, { audit: 'strict', ...overrides });
  const app = await createApplication('Express', {
    ...metadata,
    ...(providers && { providers: providers as never[] }),
  });
  const error: unknown = await app.init().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return [];
  if (!(error instanceof ApiTokenAuditError)) throw error;
  return error.findings;
}

/** Its policies can not be read. */
class DamagedStore extends InMemoryApiTokenStore {
  override findByDigest(digests: readonly string[]) {
    const record = super.findByDigest(digests);
    return record && { ...record, policy: 'no JSON' };
  }
}

@Injectable()
class NobodyGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

/** Whoever binds such a one in place of the policy guard has no guard. */
@Injectable()
class AdmittingGuard extends ApiTokenPolicyGuard {
  override canActivate(): boolean {
    return true;
  }
}

describe.each(PLATFORMS)("@ApiTokenAccess('authenticated') on %s", (platform) => {
  it('lets every valid token in, asks no policy, and gives the handler the token', async () => {
    const server = await start(platform);
    const denied: string[] = [];
    server.app.get(ApiTokenEvents).subscribe(({ type }) => denied.push(type));
    for (const policy of [NOTHING, 'full-access'] as const) {
      const auth = bearer(await issueSecret(server, policy, 'doc'));
      for (const [method, path] of [
        ['GET', '/me'],
        ['HEAD', '/me'],
        ['POST', '/me'],
        ['GET', '/projects/all/whoami'],
        ['HEAD', '/projects/all/whoami'],
        ['GET', '/projects/042/mine'],
        ['PATCH', '/projects/all/anything'],
        ['DELETE', '/projects/all/anything'],
      ] as const) {
        const reply = await server.send(method, path, auth);
        expect({ path, status: reply.status }).toEqual({ path, status: method === 'POST' ? 201 : 200 });
        if (method !== 'HEAD') expect(reply.body).toMatchObject({ owner: 'doc' });
      }
    }
    expect(denied.filter((type) => type !== 'issued')).toEqual([]);
  });

  it('lets a token in whose stored policy is damaged: no policy is asked', async () => {
    const server = await start(platform, [Me], { repository: DamagedStore });
    const auth = bearer(await issueSecret(server, 'full-access', 'doc'));
    expect(await server.send('GET', '/me', auth)).toMatchObject({ status: 200, body: { owner: 'doc' } });
    expect((await server.send('GET', '/me/name', auth)).status).toBe(403);
  });

  it('rejects what no other route takes: no token, unknown, revoked, paused, early, expired, two at once', async () => {
    let now = Date.now();
    const server = await start(platform, [Me], { clock: () => now, cache: false });
    const tokens = server.app.get(ApiTokenService);
    const issue = (options: object = {}) =>
      tokens.issue({ ownerId: 'doc', policy: 'full-access', ...options });
    const status = async (...headers: string[]) => (await server.send('GET', '/me', headers)).status;
    const good = await issue();
    expect(await status()).toBe(401);
    expect(await status('Authorization', 'Basic ZG9jOmRvYw==')).toBe(401);
    const other = good.secret.endsWith('0') ? '1' : '0';
    expect(await status(...bearer(good.secret.slice(0, -1) + other))).toBe(401);
    expect(await status(...bearer(good.secret), ...bearer(good.secret))).toBe(400);
    const [revoked, paused] = [await issue(), await issue()];
    await tokens.revoke(revoked.token.id);
    await tokens.pause(paused.token.id);
    const early = await issue({ notBefore: new Date(now + 5_000) });
    const expired = await issue({ lifetimeMs: 1_000 });
    expect(await status(...bearer(expired.secret))).toBe(200);
    now += 1_000;
    for (const { secret } of [revoked, paused, early, expired])
      expect(await status(...bearer(secret))).toBe(401);
    expect(await status(...bearer(good.secret))).toBe(200);
  });

  it('rejects the token of an owner who is not there any more', async () => {
    class NoOwners extends ApiTokenOwnerProvider {
      override load(ownerId: string) {
        return ownerId === 'doc' ? { name: 'Doc' } : null;
      }
    }
    const server = await start(platform, [Me], { ownerProvider: NoOwners });
    const status = async (name: string) =>
      (await server.send('GET', '/me', bearer(await issueSecret(server, 'full-access', name)))).status;
    expect([await status('doc'), await status('grumpy')]).toEqual([200, 401]);
  });

  it('answers 503 while tokens can not be looked up', async () => {
    class BrokenStore extends InMemoryApiTokenStore {
      override findByDigest(): never {
        throw new Error('away');
      }
    }
    const server = await start(platform, [Me], { repository: BrokenStore });
    const auth = bearer(await issueSecret(server, 'full-access'));
    expect((await server.send('GET', '/me', auth)).status).toBe(503);
  });

  it('leaves a request without a token to the other guards, with optional credentials', async () => {
    @Injectable()
    class SessionGuard implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        const request = context.switchToHttp().getRequest<{ headers: { cookie?: string } }>();
        if (getApiToken(request) !== undefined || request.headers.cookie !== undefined) return true;
        throw new UnauthorizedException();
      }
    }
    const metadata = withControllers([Me], { requests: { credentials: 'optional' } });
    const server = await startApplication(platform, {
      ...metadata,
      providers: [...metadata.providers!, { provide: APP_GUARD, useClass: SessionGuard }],
    });
    const status = async (...headers: string[]) => (await server.send('GET', '/me', headers)).status;
    expect(await status()).toBe(401);
    expect(await status('Cookie', 'session=1')).toBe(200);
    expect(await status(...bearer(await issueSecret(server, NOTHING)))).toBe(200);
    expect(await status(...bearer('acme_wrong'), 'Cookie', 'session=1')).toBe(401);
  });

  it("is overridden by a method's decorator, and overrides its class's", async () => {
    @ApiTokenAccess(false)
    @Controller('account')
    class AccountController {
      @Get()
      show() {
        return {};
      }

      @ApiTokenAccess('authenticated')
      @Get('whoami')
      whoami(@CurrentApiToken() token: ApiToken | undefined) {
        return owner(token);
      }
    }
    const server = await start(platform, [Me, AccountController]);
    const [nothing, full] = [
      bearer(await issueSecret(server, NOTHING)),
      bearer(await issueSecret(server, 'full-access')),
    ];
    const statuses = async (path: string) => [
      (await server.send('GET', path)).status,
      (await server.send('GET', path, nothing)).status,
      (await server.send('GET', path, full)).status,
    ];
    expect(await statuses('/me')).toEqual([401, 200, 200]);
    expect(await statuses('/me/name')).toEqual([401, 403, 200]);
    expect(await statuses('/me/password')).toEqual([401, 403, 403]);
    expect(await statuses('/me/health')).toEqual([200, 200, 200]);
    expect(await statuses('/account')).toEqual([401, 403, 403]);
    expect(await statuses('/account/whoami')).toEqual([401, 200, 200]);
  });

  it('says that tokens reach a route, where by default they reach none', async () => {
    const server = await start(platform, [ProjectController], { policies: { defaultTokenAccess: false } });
    const auth = bearer(await issueSecret(server, 'full-access'));
    expect((await server.send('GET', '/projects', auth)).status).toBe(403);
    expect((await server.send('GET', '/projects/all/whoami', auth)).status).toBe(200);
  });

  it('is for the methods of a base class, and for controllers that are made for each request', async () => {
    class Base {
      @ApiTokenAccess('authenticated')
      @Get('whoami')
      whoami(@CurrentApiToken() token: ApiToken | undefined) {
        return owner(token);
      }
    }
    @PolicyId('one')
    @Controller('one')
    class OneController extends Base {}
    @Controller({ path: 'two', scope: Scope.REQUEST })
    class TwoController extends Base {
      @Get()
      list() {
        return {};
      }
    }
    const server = await start(platform, [OneController, TwoController]);
    const auth = bearer(await issueSecret(server, NOTHING, 'doc'));
    for (const path of ['/one/whoami', '/two/whoami']) {
      expect(await server.send('GET', path, auth)).toMatchObject({ status: 200, body: { owner: 'doc' } });
      expect((await server.send('GET', path)).status).toBe(401);
    }
    expect((await server.send('GET', '/two', auth)).status).toBe(403);
  });

  it('is decided alike by two guards in a row, which look the token up once', async () => {
    @UseGuards(ApiTokenPolicyGuard)
    @Controller('twice')
    class TwiceController {
      @ApiTokenAccess('authenticated')
      @Get()
      whoami(@CurrentApiToken() token: ApiToken | undefined) {
        return owner(token);
      }
    }
    let reads = 0;
    class CountingStore extends InMemoryApiTokenStore {
      override findByDigest(digests: readonly string[]) {
        reads += 1;
        return super.findByDigest(digests);
      }
    }
    const server = await start(platform, [TwiceController], { repository: CountingStore, cache: false });
    const auth = bearer(await issueSecret(server, NOTHING, 'doc'));
    reads = 0;
    expect(await server.send('GET', '/twice', auth)).toMatchObject({ status: 200, body: { owner: 'doc' } });
    expect(reads).toBe(1);
    expect((await server.send('GET', '/twice')).status).toBe(401);
  });

  it('lets in no token of another application in the same process', async () => {
    const [one, other] = [await start(platform, [Me]), await start(platform, [Me])];
    const auth = bearer(await issueSecret(one, 'full-access'));
    expect((await one.send('GET', '/me', auth)).status).toBe(200);
    expect((await other.send('GET', '/me', auth)).status).toBe(401);
  });

  it('ends a stream that is rechecked when its token ends', async () => {
    @Controller('events')
    class Events {
      @ApiTokenAccess('authenticated')
      @RecheckApiToken({ everyMs: 20 })
      @Sse()
      stream(): Observable<{ data: string }> {
        return interval(5).pipe(map((data) => ({ data: String(data) })));
      }
    }
    const server = await start(platform, [Events], { cache: { lifetimeMs: 20 } });
    const tokens = server.app.get(ApiTokenService);
    const { secret, token } = await tokens.issue({ ownerId: 'doc', policy: NOTHING });
    const stream = await openStream(server, '/events', bearer(secret));
    expect(stream.state).toMatchObject({ status: 200, hasEnded: false });
    await tokens.revoke(token.id);
    await stream.ended;
    expect(stream.state.hasEnded).toBe(true);
  });

  it('is tried by the matrix, which lets every token in and names the routes', async () => {
    const app = await createApplication(platform, withControllers([ProjectController, Me]));
    const { authenticated, unguarded } = await expectPoliciesToHold(app);
    expect(authenticated).toEqual([
      'ProjectController.whoami (/projects/all/whoami)',
      'ProjectController.mine (/projects/:projectId/mine)',
      'ProjectController.anything (/projects/all/anything)',
      'Me.show (/me)',
      'Me.touch (/me)',
    ]);
    expect(unguarded).toEqual(['Me.health (/me/health)']);
    expect(app.get(ApiTokenPolicyCatalog).policyIds).toEqual(['project', 'name']);
  });

  it.each<[string, Type<CanActivate>[], string, RegExp]>([
    ['a guard that lets everybody in', [AdmittingGuard], 'no token', /let in, and no policy was asked/],
    ['a guard that lets damaged tokens in', [AdmittingGuard], 'a damaged token', /let in/],
    [
      'a guard before it that lets no token in',
      [NobodyGuard, ApiTokenPolicyGuard],
      'nothing',
      /answered 403 before the policy guard/,
    ],
  ])('is held to it by the matrix, which sees %s', async (_, guards, credential, got) => {
    const metadata = withControllers([Me]);
    const app = await createApplication(platform, {
      ...metadata,
      providers: guards.map((guard) => ({ provide: APP_GUARD, useClass: guard })),
    });
    const error: unknown = await expectPoliciesToHold(app).catch((thrown: unknown) => thrown);
    if (!(error instanceof PolicyMatrixError)) throw error;
    expect(error.disagreements).toContainEqual(
      expect.objectContaining({ path: '/me', credential, got: expect.stringMatching(got) }),
    );
  });
});

describe("what the audit says of @ApiTokenAccess('authenticated')", () => {
  it('finds nothing wrong with it, whatever the class is named and has for a policy ID', async () => {
    expect(await findingsOf([ProjectController])).toEqual([]);
    expect(await findingsOf([Me], { audit: 'error' })).toEqual([]);
  });

  it('shows it in the table of routes', async () => {
    const log = capturedLog();
    expect(await findingsOf([ProjectController])).toEqual([]);
    expect(
      log.log
        .join('\n')
        .split('\n')
        .map((line) => line.split(/ {2,}/).slice(0, 5)),
    ).toEqual(
      expect.arrayContaining([
        ['GET', '/projects/all/whoami', 'authenticated', '-', '-'],
        ['GET', '/projects/:projectId/mine', 'authenticated', '-', '-'],
        ['GET', '/projects/:id', 'by policy', 'project', ':id (int)'],
      ]),
    );
  });

  it('stops the start where there is no guard, and says which decorator has no effect', async () => {
    const unguarded = await findingsOf([ProjectController], { audit: 'error' }, []);
    expect(unguarded).toContainEqual(
      expect.objectContaining({
        severity: 'error',
        code: 'DECORATOR_WITHOUT_GUARD',
        handler: 'ProjectController.whoami (/projects/all/whoami)',
      }),
    );
    expect(await findingsOf([Me], { audit: 'error' }, [])).toContainEqual(
      expect.objectContaining({ code: 'DECORATOR_WITHOUT_GUARD', handler: 'Me.show (/me)' }),
    );
  });

  it('warns of everybody who gets in without a token, as of any other route', async () => {
    const found = await findingsOf([Me], { requests: { credentials: 'optional' } });
    expect(found).toContainEqual(
      expect.objectContaining({ code: 'ANONYMOUS_ACCESS', handler: 'Me.show (/me)' }),
    );
  });

  it('stops the start where a method has a policy ID that no policy is asked about', async () => {
    class OwnController {
      @PolicyId('name')
      @Get()
      name() {
        return {};
      }
    }
    Controller('own')(OwnController);
    ApiTokenAccess('authenticated')(OwnController);
    @Controller('both')
    class BothController {
      @ApiTokenAccess('authenticated')
      @PolicyId('name')
      @Get()
      name() {
        return {};
      }
    }
    expect(await findingsOf([OwnController, BothController], { audit: 'error' })).toMatchObject([
      {
        code: 'POLICY_ID_UNUSED',
        severity: 'error',
        handler: 'OwnController.name (/own)',
        message: expect.stringContaining('Write @ApiTokenAccess() on it'),
      },
      { code: 'POLICY_ID_UNUSED', handler: 'BothController.name (/both)' },
    ]);
    const server = await start('Express', [OwnController, BothController], { audit: 'warn' });
    const auth = bearer(await issueSecret(server, 'full-access'));
    expect((await server.send('GET', '/own', auth)).status).toBe(403);
    expect((await server.send('GET', '/both', auth)).status).toBe(403);
  });

  type Decorator = (...decorated: never[]) => unknown;

  /** A class with an override, of a class that is open to every token. */
  function overriding(base: Decorator[], own: Decorator[], classDecorator: Decorator): Type {
    class Base {
      name(): object {
        return {};
      }
    }
    class CatController extends Base {
      override name() {
        return { own: true };
      }
    }
    for (const [type, decorators] of [
      [Base, base],
      [CatController, own],
    ] as const) {
      for (const decorator of [Get('name'), ...decorators]) {
        const descriptor = Object.getOwnPropertyDescriptor(type.prototype, 'name');
        decorator(...([type.prototype, 'name', descriptor] as never[]));
      }
    }
    Controller('cats')(CatController);
    classDecorator(...([CatController] as never[]));
    return CatController;
  }

  const open = ApiTokenAccess('authenticated');

  it.each<[string, Decorator]>([
    ['@ApiTokenAccess()', ApiTokenAccess()],
    ['@ApiTokenAccess(false)', ApiTokenAccess(false)],
    ['@PolicyId()', PolicyId('name', { param: null })],
    ['@RecheckApiToken()', RecheckApiToken()],
  ])('stops the start where an override in such a class has lost %s', async (name, decorator) => {
    expect(await findingsOf([overriding([decorator], [], open)])).toMatchObject([
      { code: 'OVERRIDE_LOST_DECORATOR', severity: 'error', message: expect.stringContaining(name) },
    ]);
  });

  it.each<[string, Decorator]>([
    ['@ApiTokenAccess()', ApiTokenAccess()],
    ['@ApiTokenAccess(false)', ApiTokenAccess(false)],
    ['@PolicyId()', PolicyId('name', { param: null })],
  ])('asks an override for no %s that says itself that it is open to every token', async (_, decorator) => {
    expect(await findingsOf([overriding([decorator], [open], ApiTokenAccess())])).toEqual([]);
  });

  it('does not stop where an override has lost it: a policy is asked then', async () => {
    expect(await findingsOf([overriding([open], [], ApiTokenAccess())])).toEqual([]);
    expect(await findingsOf([overriding([ApiTokenAccess()], [], ApiTokenAccess())])).toEqual([]);
  });

  it('stops the start where a decorator above it has lost it', async () => {
    class CatController {
      name() {
        return {};
      }
    }
    const { prototype } = CatController;
    open(prototype, 'name', Object.getOwnPropertyDescriptor(prototype, 'name')!);
    prototype.name = () => ({});
    Get('name')(prototype, 'name', Object.getOwnPropertyDescriptor(prototype, 'name')!);
    Controller('cats')(CatController);
    expect(await findingsOf([CatController])).toMatchObject([
      { code: 'DECORATOR_LOST', message: expect.stringContaining('@ApiTokenAccess()') },
    ]);
  });

  it('has it in the catalog, as a kind of its own without a policy ID', async () => {
    const app = await createApplication('Express', withControllers([ProjectController]));
    await app.init();
    const declarations = app
      .get(ApiTokenPolicyCatalog)
      .routes.map(({ handler, policy }) => [handler, policy]);
    expect(declarations).toContainEqual(['whoami', { kind: 'authenticated', declaredMethod: 'GET' }]);
    expect(declarations).toContainEqual(['anything', { kind: 'authenticated', declaredMethod: null }]);
  });
});

it.each([['authentic'], ['Authenticated'], ['true'], [''], [1], [null], [undefined], [['authenticated']]])(
  '@ApiTokenAccess(%j) is told what to write',
  (access) => {
    expect(() => ApiTokenAccess(access as never)).toThrow(ApiTokenConfigurationError);
    expect(() => ApiTokenAccess(access as never)).toThrow(
      "@ApiTokenAccess(): access must be true, false or 'authenticated', not",
    );
  },
);

it("a request by another method than @ApiTokenAccess('authenticated') is declared for is rejected", async () => {
  const app = await createApplication('Express', withControllers([Me]));
  await app.init();
  const { secret } = await app.get(ApiTokenService).issue({ ownerId: 'doc', policy: 'full-access' });
  const ask = async (handler: 'show' | 'touch', method: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${secret}` };
    const args = [
      { headers, method, params: {} },
      { set: () => undefined, get: () => undefined },
    ];
    const context = {
      getType: () => 'http',
      getClass: () => Me,
      getHandler: () => Me.prototype[handler],
      getArgs: () => args,
      getArgByIndex: (index: number) => args[index],
      switchToHttp: () => ({ getRequest: () => args[0], getResponse: () => args[1] }),
    } as unknown as ExecutionContext;
    return app.get(ApiTokenPolicyGuard).canActivate(context);
  };
  expect(await ask('show', 'GET')).toBe(true);
  expect(await ask('show', 'HEAD')).toBe(true);
  expect(await ask('touch', 'POST')).toBe(true);
  for (const [handler, method] of [
    ['show', 'POST'],
    ['show', 'OPTIONS'],
    ['touch', 'GET'],
    ['touch', 'HEAD'],
  ] as const) {
    await expect(ask(handler, method)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  }
});

describe("@ApiTokenAccess('authenticated') outside HTTP", () => {
  /** An application with an adapter and one token that may do nothing. */
  async function startMessages(
    metadata: Pick<ModuleMetadata, 'controllers' | 'providers' | 'imports'>,
    contexts: object,
    configure: Parameters<typeof startApplication>[2],
  ): Promise<RunningApplication & { readonly secret: string }> {
    const server = reviewServer({ requests: { contexts: contexts as never } });
    const started = await startApplication(
      'Express',
      {
        imports: [...server.imports!, ...(metadata.imports ?? [])],
        controllers: metadata.controllers ?? [],
        providers: [...server.providers!, ...(metadata.providers ?? [])],
      },
      configure,
    );
    return { ...started, secret: await issueSecret(started, NOTHING, 'doc') };
  }

  it('lets every valid token into a microservice, and no other', async () => {
    @Controller()
    class Messages {
      @ApiTokenAccess('authenticated')
      @MessagePattern('whoami')
      whoami(@CurrentApiToken() token: ApiToken | undefined) {
        return owner(token);
      }
    }
    const options = {
      transport: Transport.TCP,
      options: { port: await freePort(), host: '127.0.0.1' },
    } as const;
    const { app, secret } = await startMessages(
      { controllers: [Messages] },
      { rpc: tcpMessages },
      (created) => created.connectMicroservice(options, { inheritAppConfig: true }),
    );
    await app.startAllMicroservices();
    const client = ClientProxyFactory.create(options);
    const ask = (token: string) => lastValueFrom(client.send<unknown>('whoami', { token }));
    try {
      expect(await ask(secret)).toEqual({ owner: 'doc' });
      await expect(ask('acme_wrong')).rejects.toMatchObject({ code: 'INVALID_API_TOKEN' });
    } finally {
      await client.close();
    }
  });

  it('lets every valid token into a gateway, and no other', async () => {
    @UseGuards(ApiTokenPolicyGuard)
    @WebSocketGateway()
    class Gateway {
      @ApiTokenAccess('authenticated')
      @SubscribeMessage('whoami')
      whoami(@CurrentApiToken() token: ApiToken | undefined) {
        return { event: 'me', data: owner(token) };
      }
    }
    const { port, secret } = await startMessages({ providers: [Gateway] }, { ws: socketIoMessages }, (app) =>
      app.useWebSocketAdapter(new IoAdapter(app)),
    );
    const ask = async (token: string): Promise<unknown> => {
      const socket = io(`http://127.0.0.1:${port}`, {
        auth: { token },
        transports: ['websocket'],
        forceNew: true,
      });
      try {
        return await new Promise((resolve) => {
          socket.onAny((event: string, data: unknown) => resolve([event, data]));
          socket.emit('whoami', {});
        });
      } finally {
        socket.disconnect();
      }
    };
    expect(await ask(secret)).toEqual(['me', { owner: 'doc' }]);
    expect(await ask('acme_wrong')).toEqual([
      'exception',
      expect.objectContaining({ code: 'INVALID_API_TOKEN' }),
    ]);
  });

  it('lets every valid token into a query of GraphQL, and no other', async () => {
    @Resolver()
    class WhoamiResolver {
      @ApiTokenAccess('authenticated')
      @Query('whoami')
      whoami(@CurrentApiToken() token: ApiToken | undefined) {
        return token?.ownerId;
      }
    }
    const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      typeDefs: 'type Query { whoami: String }',
    });
    const { send, secret } = await startMessages(
      { imports: [graphql], providers: [WhoamiResolver] },
      { graphql: graphqlOperations },
      () => undefined,
    );
    const ask = async (token: string) =>
      (await send('POST', '/graphql', bearer(token), { query: '{ whoami }' })).body;
    expect(await ask(secret)).toEqual({ data: { whoami: 'doc' } });
    expect(await ask('acme_wrong')).toMatchObject({
      errors: [{ extensions: { originalError: { code: 'INVALID_API_TOKEN' } } }],
    });
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
