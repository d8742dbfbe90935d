import { describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  Param,
  ParseIntPipe,
  Post,
  RequestMethod,
  type Type,
  UseGuards,
  VERSION_NEUTRAL,
  VersioningType,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  ApiTokenAccess,
  ApiTokenAuditError,
  ApiTokenPolicyCatalog,
  ApiTokenPolicyGuard,
  type ApiTokenAuditFinding,
  PolicyId,
  SkipApiTokenPolicy,
} from 'nestjs-api-token';
import {
  bearer,
  createApplication,
  PLATFORMS,
  type Platform,
  startApplication,
} from '../support/application.js';
import { capturedLog } from '../support/log.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

const GLOBAL_GUARD = [{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }];

@PolicyId('cat')
@Controller('cats')
class CatController {
  @Get()
  list() {
    return {};
  }

  @Get(':id')
  find(@Param('id', ParseIntPipe) id: number) {
    return { id };
  }
}

@Injectable()
class SessionOrTokenGuard implements CanActivate {
  constructor(private readonly tokens: ApiTokenPolicyGuard) {}

  canActivate(context: ExecutionContext) {
    return this.tokens.canActivate(context);
  }
}

function withControllers(controllers: Type[], providers: object[] = GLOBAL_GUARD, overrides = {}) {
  return { ...reviewServer(overrides), controllers, providers: providers as never[] };
}

/** What the audit says of an application when it starts: the findings it stops with, or what it logs. */
async function findingsOf(
  platform: Platform,
  metadata: ReturnType<typeof withControllers>,
  configure: (app: INestApplication) => void = () => undefined,
): Promise<readonly ApiTokenAuditFinding[]> {
  const app = await createApplication(platform, metadata);
  configure(app);
  // Fastify's plugins register their routes when it gets ready.
  const ready = () => (app.getHttpAdapter().getInstance() as { ready?(): Promise<unknown> }).ready?.();
  const error: unknown = await app
    .init()
    .then(ready)
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  if (error === undefined) return [];
  expect(error).toBeInstanceOf(ApiTokenAuditError);
  return (error as ApiTokenAuditError).findings;
}

describe.each(PLATFORMS)('the boot audit on %s', (platform) => {
  describe('W09 a policy ID without the guard', () => {
    it('stops the start and says where to bind it', async () => {
      const findings = await findingsOf(platform, withControllers([CatController], []));
      expect(findings).toMatchObject([
        { code: 'POLICY_ID_WITHOUT_GUARD', severity: 'error', handler: 'CatController.list (/cats)' },
        { code: 'POLICY_ID_WITHOUT_GUARD', handler: 'CatController.find (/cats/:id)' },
      ]);
      expect(findings[0]!.message).toContain('@UseGuards(ApiTokenPolicyGuard)');
    });

    it('also on one method of a controller', async () => {
      @Controller('dogs')
      class DogController {
        @Get()
        list() {
          return {};
        }

        @PolicyId('dog')
        @Get('good')
        good() {
          return {};
        }
      }
      const findings = await findingsOf(platform, withControllers([DogController], []));
      expect(findings.map(({ handler }) => handler)).toEqual(['DogController.good (/dogs/good)']);
    });

    it('is logged where strict is false', async () => {
      const log = capturedLog();
      const app = await createApplication(platform, withControllers([CatController], [], { audit: 'warn' }));
      await app.init();
      expect(log.error).toHaveLength(1);
      expect(log.error[0]).toContain(
        'CatController.list (/cats), CatController.find (/cats/:id): it has a policy ID, but no policy guard',
      );
    });

    it.each<[string, object[], Type[], ((app: INestApplication) => void)?]>([
      ['APP_GUARD', GLOBAL_GUARD, []],
      ['APP_GUARD of another class', [{ provide: APP_GUARD, useClass: ApiTokenPolicyGuard }], []],
      ['useGlobalGuards', [], [], (app) => app.useGlobalGuards(app.get(ApiTokenPolicyGuard))],
      ['a subclass', [], [class OwnGuard extends ApiTokenPolicyGuard {}]],
      ['a class that asks it', [], [SessionOrTokenGuard]],
      ['@UseGuards', [], [ApiTokenPolicyGuard]],
    ])('is none where the guard is bound by %s', async (...row) => {
      const [, providers, guards, configure] = row;
      @UseGuards(...guards)
      class GuardedController extends CatController {}
      Controller('cats')(GuardedController);
      expect(await findingsOf(platform, withControllers([GuardedController], providers), configure)).toEqual(
        [],
      );
    });

    it('is none where a guard of the application asks the policy guard', async () => {
      const bound = [SessionOrTokenGuard, { provide: APP_GUARD, useExisting: SessionOrTokenGuard }];
      const server = await startApplication(platform, withControllers([CatController], bound));
      expect((await server.send('GET', '/cats')).status).toBe(401);
    });

    it('is none where a test puts something in place of the guard', async () => {
      const { imports, controllers, providers } = withControllers([CatController]);
      const module = await Test.createTestingModule({ imports: imports!, controllers, providers })
        .overrideProvider(ApiTokenPolicyGuard)
        .useValue({ canActivate: () => true })
        .compile();
      await expect(module.init()).resolves.toBeDefined();
    });

    it('is none for what is skipped, and one for what is closed', async () => {
      @ApiTokenAccess(false)
      @PolicyId('dog')
      @Controller('dogs')
      class DogController {
        @SkipApiTokenPolicy()
        @Get()
        list() {
          return {};
        }

        @Get('good')
        good() {
          return {};
        }
      }
      expect(await findingsOf(platform, withControllers([DogController], []))).toMatchObject([
        { code: 'DECORATOR_WITHOUT_GUARD', handler: 'DogController.good (/dogs/good)' },
      ]);
    });
  });

  it('one controller may write the policy ID that its name makes on some of its methods', async () => {
    @Controller('dogs')
    class DogController {
      @PolicyId('dog', { param: null })
      @Get(':kind')
      kind() {
        return {};
      }

      @Get()
      list() {
        return {};
      }
    }
    expect(
      await findingsOf(platform, withControllers([DogController], GLOBAL_GUARD, { audit: 'strict' })),
    ).toEqual([]);
  });

  describe('an override', () => {
    class GuardedBase {
      @UseGuards(ApiTokenPolicyGuard)
      @Get('name')
      name() {
        return {};
      }
    }
    class NamedBase {
      @PolicyId('name')
      @Get('name')
      name() {
        return {};
      }
    }
    class ClosedBase {
      @ApiTokenAccess(false)
      @Get('name')
      name() {
        return {};
      }
    }

    function overriding(base: new () => { name(): object }): Type {
      class Middle extends base {}
      @Controller('dogs')
      class DogController extends Middle {
        @Get('name')
        override name() {
          return {};
        }
      }
      return DogController;
    }

    it('that lost the guard stops the start', async () => {
      expect(await findingsOf(platform, withControllers([overriding(GuardedBase)], []))).toMatchObject([
        { code: 'OVERRIDE_LOST_GUARD', handler: 'DogController.name (/dogs/name)' },
      ]);
    });

    it('that lost the guard is guarded by a global one', async () => {
      expect(await findingsOf(platform, withControllers([overriding(GuardedBase)]))).toEqual([]);
    });

    it.each([
      ['policy ID', NamedBase, '@PolicyId()'],
      ['access flag', ClosedBase, '@ApiTokenAccess(false)'],
    ])('that lost the %s stops the start, and else denies every token', async (_, base, decorator) => {
      expect(await findingsOf(platform, withControllers([overriding(base)]))).toMatchObject([
        { code: 'OVERRIDE_LOST_DECORATOR', message: expect.stringContaining(decorator) },
      ]);
      const server = await startApplication(
        platform,
        withControllers([overriding(base)], GLOBAL_GUARD, { audit: 'warn' }),
      );
      const secret = await issueSecret(server, 'full-access');
      expect((await server.send('GET', '/dogs/name', bearer(secret))).status).toBe(403);
    });
  });

  it('P12 two names that make one policy ID stop the start', async () => {
    @Controller('a')
    class APITokenController {
      @Get()
      list() {
        return {};
      }
    }
    @Controller('b')
    class ApiTokenController {
      @Get()
      list() {
        return {};
      }
    }
    expect(
      await findingsOf(platform, withControllers([APITokenController, ApiTokenController])),
    ).toMatchObject([{ code: 'POLICY_ID_MISSING' }, { code: 'POLICY_ID_MISSING' }]);
  });

  it('warns of a policy ID that is written here and made of a name there', async () => {
    const log = capturedLog();
    @PolicyId('dog')
    @Controller('puppies')
    class PuppyController {
      @Get()
      list() {
        return {};
      }
    }
    @Controller('dogs')
    class DogController {
      @Get()
      list() {
        return {};
      }
    }
    const metadata = withControllers([PuppyController, DogController]);
    expect(await findingsOf(platform, metadata)).toEqual([]);
    expect(log.warn).toEqual([expect.stringMatching(/^DogController\.list \(\/dogs\): .*PuppyController/)]);
    expect(
      await findingsOf(
        platform,
        withControllers([PuppyController, DogController], GLOBAL_GUARD, { audit: 'strict' }),
      ),
    ).toMatchObject([{ code: 'POLICY_ID_SHARED', severity: 'warning' }]);
  });

  it('warns of a route that nobody can reach', async () => {
    @ApiTokenAccess(false)
    @Controller('account')
    class AccountController {
      @Get()
      show() {
        return {};
      }
    }
    const strict = (overrides: object) =>
      findingsOf(
        platform,
        withControllers([AccountController], GLOBAL_GUARD, { audit: 'strict', ...overrides }),
      );
    expect(await strict({})).toMatchObject([{ code: 'CLOSED_TO_EVERYBODY', severity: 'warning' }]);
    expect(await strict({ requests: { credentials: 'optional' } })).toMatchObject([
      { code: 'ANONYMOUS_ACCESS' },
    ]);
    expect(await strict({ requests: { skipIf: () => false } })).toEqual([]);
  });

  it('M15 authorizes by the parameters of the global prefix too, where it applies', async () => {
    @PolicyId('tenant', { param: 'tenant' })
    @Controller()
    class TenantController {
      @Get('settings')
      settings() {
        return {};
      }
    }
    const metadata = withControllers([TenantController]);
    const prefix = (app: INestApplication) => app.setGlobalPrefix('tenants/:tenant');
    const server = await startApplication(platform, metadata, prefix);
    const policy = { resources: { tenant: { acme: { block: ['*' as const] } } } };
    const secret = await issueSecret(server, policy);
    expect((await server.send('GET', '/tenants/acme/settings', bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/tenants/other/settings', bearer(secret))).status).toBe(200);
    const excluding = (app: INestApplication) =>
      app.setGlobalPrefix('tenants/:tenant', { exclude: [{ path: 'settings', method: RequestMethod.GET }] });
    // Without the prefix it is about no tenant.
    expect(await findingsOf(platform, metadata, excluding)).toEqual([]);
    const alone = await startApplication(platform, metadata, excluding);
    const none = await issueSecret(alone, { resources: { tenant: { '*': { block: ['*'] } } } });
    expect((await alone.send('GET', '/settings', bearer(none))).status).toBe(403);
    const excludingAnother = (app: INestApplication) =>
      app.setGlobalPrefix('tenants/:tenant', { exclude: [{ path: 'settings', method: RequestMethod.POST }] });
    expect(await findingsOf(platform, metadata, excludingAnother)).toEqual([]);
  });

  it('logs one table of the routes', async () => {
    const log = capturedLog();
    @PolicyId('dog')
    @Controller('dogs')
    class DogController {
      @Get([':id', 'dog-:id'])
      find() {
        return {};
      }

      @ApiTokenAccess(false)
      @Post()
      create() {
        return {};
      }

      @SkipApiTokenPolicy()
      @Get()
      list() {
        return {};
      }
    }
    await findingsOf(platform, withControllers([CatController, DogController], GLOBAL_GUARD));
    const tables = log.log.filter((line) => line.includes('METHOD'));
    expect(tables).toEqual([
      [
        'API tokens on the routes of this application:',
        'METHOD  PATH           API TOKENS             POLICY ID  ITEM         GUARDS               HANDLER',
        'GET     /cats          by policy              cat        -            ApiTokenPolicyGuard  CatController.list',
        'GET     /cats/:id      by policy              cat        :id (int)    ApiTokenPolicyGuard  CatController.find',
        'GET     /dogs/:id      by policy              dog        :id (exact)  ApiTokenPolicyGuard  DogController.find',
        'GET     /dogs/dog-:id  by policy              dog        :id (exact)  ApiTokenPolicyGuard  DogController.find',
        'POST    /dogs          closed                 -          -            ApiTokenPolicyGuard  DogController.create',
        'GET     /dogs          not guarded (skipped)  -          -            ApiTokenPolicyGuard  DogController.list',
      ].join('\n'),
    ]);
  });

  it('offers the routes as the policy catalog', async () => {
    @Controller({ path: 'cats', version: ['2', VERSION_NEUTRAL] })
    class VersionedController extends CatController {}
    const server = await startApplication(platform, withControllers([VersionedController]), (app) => {
      app.setGlobalPrefix('api');
      app.enableVersioning({ type: VersioningType.URI });
    });
    const catalog = server.app.get(ApiTokenPolicyCatalog);
    expect(catalog.policyIds).toEqual(['cat']);
    expect(catalog.canonicalResourceId('cat', '42')).toBe('42');
    expect(catalog.canonicalResourceId('cat', '042')).toBeNull();
    expect(catalog.routes).toMatchObject([
      {
        controller: VersionedController,
        handler: 'list',
        method: 'GET',
        paths: ['/api/v2/cats', '/api/cats'],
        versions: ['2'],
        guard: 'bound',
        guards: ['ApiTokenPolicyGuard'],
        policy: { kind: 'collection', policyId: 'cat' },
      },
      { handler: 'find', policy: { kind: 'item', param: 'id', canonicalizer: 'int' } },
    ]);
    const secret = await issueSecret(server, { resources: { cat: { '1': { block: ['*'] } } } });
    for (const path of catalog.routes[1]!.paths) {
      expect((await server.send('GET', path.replace(':id', '1'), bearer(secret))).status).toBe(403);
      expect((await server.send('GET', path.replace(':id', '2'), bearer(secret))).status).toBe(200);
    }
  });

  it('a version that is in a header is in no path', async () => {
    @Controller({ path: 'cats', version: '2' })
    class VersionedController extends CatController {}
    const { app } = await startApplication(platform, withControllers([VersionedController]), (created) => {
      created.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' });
    });
    expect(app.get(ApiTokenPolicyCatalog).routes[0]).toMatchObject({ paths: ['/cats'], versions: ['2'] });
  });

  describe('W14 routes outside controllers', () => {
    type Raw = {
      get(path: string, handler: (request: unknown, response: { send(body: string): void }) => void): void;
    };

    it('are listed', async () => {
      const findings = await findingsOf(
        platform,
        withControllers([CatController], GLOBAL_GUARD, { audit: 'strict' }),
        (app) => {
          const server = app.getHttpAdapter() as unknown as Raw;
          server.get('/metrics', (_, response) => response.send('1'));
          app.enableCors();
          app.use('/logged', (_request: unknown, _response: unknown, next: () => void) => next());
        },
      );
      expect(findings).toMatchObject([
        { code: 'ROUTE_OUTSIDE_CONTROLLERS', severity: 'warning', handler: 'GET /metrics' },
      ]);
    });

    it('are listed also where a plugin or a static folder brings them', async () => {
      const log = capturedLog();
      await startApplication(platform, withControllers([CatController]), (app) => {
        app.enableCors();
        if (platform === 'Fastify') {
          void (app as NestFastifyApplication).register(
            async (plugin: { get(path: string, handler: () => Promise<object>): void }) => {
              plugin.get('/plugged', async () => ({}));
            },
          );
        } else (app as NestExpressApplication).useStaticAssets('test');
      });
      expect(log.warn).toEqual([
        expect.stringMatching(platform === 'Fastify' ? /^GET \/plugged: / : /^GET static files: /),
      ]);
    });

    it('no guard runs on them, which is why they are', async () => {
      const server = await startApplication(platform, withControllers([CatController]), (app) => {
        (app.getHttpAdapter() as unknown as Raw).get('/metrics', (_, response) => response.send('1'));
      });
      expect((await server.send('GET', '/metrics')).status).toBe(200);
    });

    it('the routes and the middleware of controllers are not', async () => {
      @Controller(['birds', 'bird/:kind'])
      class BirdController {
        @PolicyId('bird', { param: null })
        @Get(['', 'list/:page'])
        list() {
          return {};
        }
      }
      const metadata = withControllers([CatController, BirdController], GLOBAL_GUARD, { audit: 'strict' });
      class WithMiddleware {
        configure(consumer: { apply(...middleware: unknown[]): { forRoutes(...routes: unknown[]): void } }) {
          consumer
            .apply((_request: unknown, _response: unknown, next: () => void) => next())
            .forRoutes('cats', { path: 'cats/:id', method: RequestMethod.GET }, BirdController);
          consumer
            .apply((_request: unknown, _response: unknown, next: () => void) => next())
            .forRoutes({ path: '*', method: RequestMethod.GET });
        }
      }
      const imports = [...metadata.imports!, { module: WithMiddleware }];
      expect(await findingsOf(platform, { ...metadata, imports })).toEqual([]);
    });
  });
});
