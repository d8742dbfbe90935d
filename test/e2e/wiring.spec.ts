import {
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  mixin,
  type ModuleMetadata,
  Param,
  ParseIntPipe,
  ParseUUIDPipe,
  Post,
  type Type as ClassType,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, RouterModule } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import {
  ApiTokenAccess,
  type ApiTokenModuleExtras,
  type ApiTokenModuleOptions,
  ApiTokenPolicyGuard,
  InMemoryApiTokenStore,
  PolicyEvaluator,
  PolicyId,
  SkipApiTokenPolicy,
  type TokenPolicy,
} from 'nestjs-api-token';
import { bearer, createApplication, PLATFORMS, startApplication } from '../support/application.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

function withControllers(
  controllers: ClassType[],
  overrides: Partial<ApiTokenModuleOptions & ApiTokenModuleExtras> = {},
): ModuleMetadata {
  return { ...reviewServer(overrides), controllers };
}

function blocked(policyId: string, resourceId = '*'): TokenPolicy {
  return { resources: { [policyId]: { [resourceId]: { block: ['*'] } } } };
}

const NEVER: TokenPolicy = { resources: { '*': { block: ['*'] } } };

describe.each(PLATFORMS)('wiring on %s', (platform) => {
  it('a policy ID is the class name in snake_case where none is written', async () => {
    @Controller('drafts')
    class ReviewRequestDraftController {
      @Get()
      list() {
        return {};
      }
    }
    const server = await startApplication(platform, withControllers([ReviewRequestDraftController]));
    expect(
      (
        await server.send(
          'GET',
          '/drafts',
          bearer(await issueSecret(server, blocked('review_request_draft'))),
        )
      ).status,
    ).toBe(403);
  });

  it('W01 an inherited controller is guarded under the policy ID of its base, each child by its own', async () => {
    class Base {
      @Get(':id')
      find(@Param('id') id: string) {
        return { id };
      }
    }
    @PolicyId('cat')
    @Controller('cats')
    class CatController extends Base {}
    @PolicyId('dog')
    @Controller('dogs')
    class DogController extends Base {}
    @Controller('puppies')
    class PuppyController extends DogController {}
    const server = await startApplication(
      platform,
      withControllers([CatController, DogController, PuppyController]),
    );
    const secret = await issueSecret(server, blocked('dog', '1'));
    expect((await server.send('GET', '/cats/1', bearer(secret))).status).toBe(200);
    expect((await server.send('GET', '/dogs/1', bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/puppies/1', bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/dogs/2', bearer(secret))).status).toBe(200);
  });

  it("W03 a handler's policy ID wins over the class's, and an overriding handler has its own", async () => {
    class Base {
      @PolicyId('base')
      @Get('inherited')
      inherited() {
        return {};
      }

      @PolicyId('base')
      @Get('overridden')
      overridden() {
        return {};
      }
    }
    @PolicyId('child')
    @Controller('things')
    class ThingController extends Base {
      @PolicyId('child')
      @Get('overridden')
      override overridden() {
        return {};
      }
    }
    const server = await startApplication(platform, withControllers([ThingController]));
    const secret = await issueSecret(server, blocked('base'));
    expect((await server.send('GET', '/things/inherited', bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/things/overridden', bearer(secret))).status).toBe(200);
  });

  it('@ApiTokenAccess(false) of a base closes its children', async () => {
    @ApiTokenAccess(false)
    class Base {}
    @Controller('secrets')
    class SecretController extends Base {
      @Get()
      list() {
        return {};
      }
    }
    const server = await startApplication(platform, withControllers([SecretController]));
    expect(
      (await server.send('GET', '/secrets', bearer(await issueSecret(server, 'full-access')))).status,
    ).toBe(403);
  });

  describe.each([
    ['APP_GUARD', true, false],
    ['@UseGuards', false, true],
    ['both', true, true],
  ])('bound by %s', (_, isGlobal, isOwn) => {
    it('W06 decides, and looks up once', async () => {
      let reads = 0;
      class CountingStore extends InMemoryApiTokenStore {
        override findByDigest(digests: readonly string[]) {
          reads += 1;
          return super.findByDigest(digests);
        }
      }
      @PolicyId('cat')
      @Controller('cats')
      class CatController {
        @Get(':id')
        find(@Param('id', ParseIntPipe) id: number) {
          return { id };
        }
      }
      if (isOwn) UseGuards(ApiTokenPolicyGuard)(CatController);
      const { providers, ...server } = withControllers([CatController], {
        repository: CountingStore,
        cache: false,
      });
      const running = await startApplication(platform, {
        ...server,
        providers: isGlobal ? (providers ?? []) : [],
      });
      const secret = await issueSecret(running, blocked('cat', '2'));
      expect((await running.send('GET', '/cats/1', bearer(secret))).status).toBe(200);
      expect(reads).toBe(1);
      expect((await running.send('GET', '/cats/2', bearer(secret))).status).toBe(403);
      expect((await running.send('GET', '/cats/1')).status).toBe(401);
    });
  });

  it('W01 @UseGuards in a feature module finds the guard where the root module has imported it', async () => {
    @UseGuards(ApiTokenPolicyGuard)
    @PolicyId('cat')
    @Controller('cats')
    class CatController {
      @Get()
      list() {
        return {};
      }
    }
    class FeatureModule {}
    const feature = { module: FeatureModule, controllers: [CatController] };
    const { imports } = reviewServer();
    const server = await startApplication(platform, { imports: [...imports!, feature] });
    expect(
      (await server.send('GET', '/cats', bearer(await issueSecret(server, blocked('cat'))))).status,
    ).toBe(403);
  });

  it('M15 the paths of the RouterModule count', async () => {
    @PolicyId('project', { param: 'projectId' })
    @Controller()
    class ProjectController {
      @Get()
      find() {
        return {};
      }
    }
    class ProjectModule {}
    const { imports } = reviewServer();
    const server = await startApplication(platform, {
      ...reviewServer(),
      controllers: [],
      imports: [
        ...imports!,
        { module: ProjectModule, controllers: [ProjectController] },
        RouterModule.register([{ path: 'projects/:projectId', module: ProjectModule }]),
      ],
    });
    const secret = await issueSecret(server, blocked('project', '7'));
    expect((await server.send('GET', '/projects/7', bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/projects/8', bearer(secret))).status).toBe(200);
  });

  it('C03 a UUID is judged in lower case, whatever its pipe lets pass', async () => {
    @PolicyId('cat')
    @Controller('cats')
    class CatController {
      @Get(':id')
      find(@Param('id', new ParseUUIDPipe()) id: string) {
        return { id };
      }
    }
    const server = await startApplication(platform, withControllers([CatController]));
    const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
    const secret = await issueSecret(server, blocked('cat', id));
    expect((await server.send('GET', `/cats/${id}`, bearer(secret))).status).toBe(403);
    expect((await server.send('GET', `/cats/${id.toUpperCase()}`, bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/cats/no-uuid', bearer(secret))).status).toBe(400);
  });

  it('C01 a parameter that a ValidationPipe turns into a number is judged as one', async () => {
    class CatParams {
      @Type(() => Number)
      id!: number;
    }
    @PolicyId('cat')
    @Controller('cats')
    class CatController {
      @Get(':id')
      find(@Param() params: CatParams) {
        return params;
      }

      @Post(':id')
      update(@Param('id') id: number) {
        return { id };
      }
    }
    const server = await startApplication(platform, withControllers([CatController]));
    const secret = await issueSecret(server, blocked('cat', '42'));
    for (const method of ['GET', 'POST']) {
      expect((await server.send(method, '/cats/42', bearer(secret))).status).toBe(403);
      expect((await server.send(method, '/cats/+42', bearer(secret))).status).toBe(400);
      expect((await server.send(method, '/cats/042', bearer(secret))).status).toBe(400);
    }
  });

  it('C11 a canonicaliser of the application folds its aliases', async () => {
    @PolicyId('user', { canonical: (raw) => (/^[a-z]+$/i.test(raw) ? raw.toLowerCase() : null) })
    @Controller('users')
    class UserController {
      @Get(':id')
      find(@Param('id') id: string) {
        return { id };
      }
    }
    const server = await startApplication(platform, withControllers([UserController]));
    const secret = await issueSecret(server, blocked('user', 'grumpy'));
    expect((await server.send('GET', '/users/GRUMPY', bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/users/doc', bearer(secret))).status).toBe(200);
    expect((await server.send('GET', '/users/grumpy%20', bearer(secret))).status).toBe(400);
  });

  describe('W05 P12 C17 routes that are not settled', () => {
    function CatMixin(): ClassType {
      @Controller('mixed')
      class MixedController {
        @Get()
        list() {
          return {};
        }
      }
      return mixin(MixedController);
    }
    class Shadow {
      static make(): ClassType {
        @Controller('shadow')
        class TwinController {
          @Get()
          list() {
            return {};
          }
        }
        return TwinController;
      }
    }
    @Controller('twin')
    class TwinController {
      @Get()
      list() {
        return {};
      }
    }
    @PolicyId('cat')
    @Controller('cats')
    class MisnamedController {
      @Get(':catId')
      find() {
        return {};
      }
    }
    @PolicyId('cat', { param: 'catId' })
    @Controller('cats')
    class MissingController {
      @Get(':id')
      find() {
        return {};
      }
    }
    @PolicyId('cat')
    @Controller('cats')
    class ManyPathsController {
      @Get([':id', 'favourite'])
      find() {
        return {};
      }
    }
    @PolicyId('cat')
    @Controller('cats')
    class DisagreeingController {
      @Get(':id')
      find(@Param('id', ParseIntPipe) id: number) {
        return { id };
      }

      @Post(':id')
      update(@Param('id') id: string) {
        return { id };
      }
    }
    @PolicyId('*')
    @Controller('stars')
    class StarController {
      @Get()
      list() {
        return {};
      }
    }

    it.each<[string, ClassType[], string, string]>([
      ['a mixin', [CatMixin()], '/mixed', '@PolicyId'],
      ['two controllers of one name', [TwinController, Shadow.make()], '/twin', '@PolicyId'],
      ['a parameter of another name', [MisnamedController], '/cats/1', "{ param: 'catId' }"],
      ['a parameter that is not there', [MissingController], '/cats/1', 'has no parameter "catId"'],
      ['paths that disagree', [ManyPathsController], '/cats/1', 'only some of its paths'],
      ['pipes that disagree', [DisagreeingController], '/cats/1', 'canonical'],
      ['a reserved policy ID', [StarController], '/stars', 'reserved'],
    ])(
      '%s: the start fails and says what to write; unless strict is false, then tokens are denied',
      async (...row) => {
        const [, controllers, path, hint] = row;
        const failing = await createApplication(platform, withControllers(controllers));
        await expect(failing.init()).rejects.toMatchObject({
          code: 'API_TOKEN_AUDIT',
          message: expect.stringContaining(hint),
        });
        const server = await startApplication(platform, withControllers(controllers, { strict: false }));
        expect(
          (await server.send('GET', path, bearer(await issueSecret(server, 'full-access')))).status,
        ).toBe(403);
        expect((await server.send('GET', path)).status).toBe(401);
      },
    );

    it('skipped and closed ones need not be settled', async () => {
      SkipApiTokenPolicy()(
        MissingController.prototype,
        'find',
        Object.getOwnPropertyDescriptor(MissingController.prototype, 'find')!,
      );
      const server = await startApplication(platform, withControllers([MissingController]));
      expect((await server.send('GET', '/cats/1')).status).toBe(200);
    });
  });

  it('W11 a context that is no HTTP request is denied, skipped or read as configured', async () => {
    class CatHandlers {
      @PolicyId('cat', { param: 'id' })
      find(): void {}

      @PolicyId('cat')
      unsaid(): void {}
    }
    const message = { secret: '', method: 'GET', id: '1' };
    const context = (handler: keyof CatHandlers, type: string) =>
      ({
        getType: () => type,
        getClass: () => CatHandlers,
        getHandler: () => CatHandlers.prototype[handler],
        getArgByIndex: () => ({ ...message, headers: { authorization: `Bearer ${message.secret}` } }),
      }) as unknown as ExecutionContext;
    const adapter = {
      read: (from: ExecutionContext) => ({
        carrier: {},
        headers: { authorization: `Bearer ${message.secret}` },
        method: message.method,
        params: { id: (from.getArgByIndex(0) as typeof message).id },
      }),
    };
    const server = await startApplication(platform, reviewServer({ contexts: { rpc: adapter, ws: 'skip' } }));
    message.secret = await issueSecret(server, NEVER);
    const guard = server.app.get(ApiTokenPolicyGuard);
    const judge = async (handler: keyof CatHandlers, type: string) =>
      guard.canActivate(context(handler, type));
    await expect(judge('find', 'graphql')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(judge('find', 'constructor')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await judge('find', 'ws')).toBe(true);
    await expect(judge('find', 'rpc')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    message.secret = await issueSecret(server, 'full-access');
    expect(await judge('find', 'rpc')).toBe(true);
    await expect(judge('unsaid', 'rpc')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  describe('called directly', () => {
    @PolicyId('repository')
    class Handlers {
      @PolicyId('repository', { param: null })
      list(): void {}

      @PolicyId('repository', { param: 'id' })
      find(): void {}

      @PolicyId('user', { param: 'id', canonical: (raw) => raw.toLowerCase() })
      user(): void {}
    }

    function contextOf(handler: keyof Handlers, request: object): ExecutionContext {
      return {
        getType: () => 'http',
        getClass: () => Handlers,
        getHandler: () => Handlers.prototype[handler],
        getArgByIndex: () => request,
      } as unknown as ExecutionContext;
    }

    async function guarded(policy: TokenPolicy | 'full-access' = 'full-access') {
      const server = await startApplication(platform, reviewServer());
      const secret = await issueSecret(server, policy);
      const request = (params: object = {}) => ({
        headers: { authorization: `Bearer ${secret}` },
        method: 'GET',
        params,
      });
      return { server, guard: server.app.get(ApiTokenPolicyGuard), request };
    }

    it('W16 the guard answers with a boolean at once where the token is kept', async () => {
      const { guard, request } = await guarded();
      await guard.canActivate(contextOf('list', request()));
      expect(guard.canActivate(contextOf('list', request()))).toBe(true);
    });

    it.each([[['1']], [1], [undefined], [''], [{ toString: () => '1' }]])(
      'M20 C17 an item route refuses an ID that is no text: %j',
      async (id) => {
        const { guard, request } = await guarded();
        for (const handler of ['find', 'user'] as const) {
          const answer = (async () => guard.canActivate(contextOf(handler, request({ id }))))();
          await expect(answer).rejects.toMatchObject({ code: 'RESOURCE_ID_NOT_CANONICAL' });
        }
      },
    );

    it('W06 decides once for one request, and anew where another guard has changed it meanwhile', async () => {
      const { server, guard, request } = await guarded(blocked('repository', '42'));
      const evaluator = server.app.get(PolicyEvaluator);
      const compiled = evaluator.compiled.bind(evaluator);
      let decisions = 0;
      evaluator.compiled = (subject) => {
        decisions += 1;
        return compiled(subject);
      };
      const twice = request({ id: '7' });
      expect(await guard.canActivate(contextOf('find', twice))).toBe(true);
      expect(guard.canActivate(contextOf('find', twice))).toBe(true);
      expect(decisions).toBe(1);
      twice.params = { id: '42' };
      expect(() => guard.canActivate(contextOf('find', twice))).toThrow('does not allow GET');
      twice.params = { id: '7' };
      twice.method = 'PROPFIND';
      expect(() => guard.canActivate(contextOf('find', twice))).toThrow('does not allow PROPFIND');
    });

    it('does not believe the guard of another application', async () => {
      const outer = await guarded();
      const inner = await startApplication(platform, reviewServer());
      const request = outer.request();
      expect(await outer.guard.canActivate(contextOf('list', request))).toBe(true);
      const answer = (async () =>
        inner.app.get(ApiTokenPolicyGuard).canActivate(contextOf('list', request)))();
      await expect(answer).rejects.toMatchObject({ code: 'INVALID_API_TOKEN' });
    });
  });

  it('the owner stands on request.user', async () => {
    @Injectable()
    class Owners {
      load(ownerId: string) {
        return { name: ownerId };
      }
    }
    @Controller('me')
    class MeController {
      @Get()
      show(@Param() _params: unknown) {
        return {};
      }
    }
    let user: unknown;
    const server = await startApplication(platform, {
      ...withControllers([MeController], { ownerProvider: Owners }),
      providers: [
        { provide: APP_GUARD, useExisting: ApiTokenPolicyGuard },
        {
          provide: APP_GUARD,
          useValue: {
            canActivate: (context: ExecutionContext) => {
              user = context.switchToHttp().getRequest<{ user?: unknown }>().user;
              return true;
            },
          },
        },
      ],
    });
    await server.send('GET', '/me', bearer(await issueSecret(server, 'full-access', 'doc')));
    expect(user).toEqual({ name: 'doc' });
  });
});
