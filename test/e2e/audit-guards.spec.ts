import { describe, expect, it } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  forwardRef,
  Get,
  Inject,
  Injectable,
  type INestApplication,
  mixin,
  type ModuleMetadata,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, ModuleRef, NestFactory } from '@nestjs/core';
import {
  ApiTokenAccess,
  type ApiTokenFactoryOptions,
  ApiTokenPolicyCatalog,
  ApiTokenPolicyGuard,
  ApiTokenService,
  PolicyId,
  SkipApiTokenPolicy,
} from 'nestjs-api-token';
import { defer, from, isObservable, last, mergeMap, type Observable, of, takeWhile } from 'rxjs';
import { catchError } from 'rxjs/operators';
import { bearer, createApplication, PLATFORMS, startApplication } from '../support/application.js';
import { capturedLog } from '../support/log.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

const GLOBAL_GUARD = [{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }];

@Injectable()
class SessionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest<{ headers: object }>().headers.hasOwnProperty('x-session');
  }
}

/** As @nest-lab/or-guard makes it: a mixin that looks its guards up when it is asked. */
function OrGuard(guards: readonly Type<CanActivate>[]): Type<CanActivate> {
  class OrMixinGuard implements CanActivate {
    constructor(@Inject(ModuleRef) private readonly moduleRef: ModuleRef) {}

    canActivate(context: ExecutionContext): Observable<boolean> {
      const answers = guards
        .map((guard) => this.moduleRef.get(guard, { strict: false }))
        .map((guard) =>
          defer(() => {
            const answer = guard.canActivate(context);
            return isObservable(answer) ? answer : from(Promise.resolve(answer));
          }).pipe(catchError(() => of(false))),
        );
      return from(answers).pipe(
        mergeMap((answer) => answer, 1),
        takeWhile((passes) => !passes, true),
        last(),
      );
    }
  }
  return mixin(OrMixinGuard);
}

/** A controller whose policy ID is written, with guards of its own. */
function catController(...guards: Type<CanActivate>[]): Type {
  @PolicyId('cat')
  @Controller('cats')
  class CatController {
    @Get()
    list() {
      return {};
    }
  }
  if (guards.length > 0) UseGuards(...guards)(CatController);
  return CatController;
}

function withControllers(
  controllers: Type[],
  options: Partial<ApiTokenFactoryOptions> = {},
  providers: ModuleMetadata['providers'] = GLOBAL_GUARD,
): ModuleMetadata {
  return { ...reviewServer(options), controllers, providers: providers! };
}

/** What an application says when it starts: the message that it stops with, or its warnings. */
async function startOf(
  metadata: ModuleMetadata,
  configure: (app: INestApplication) => void = () => undefined,
): Promise<{ readonly error: string | undefined; readonly warnings: readonly string[] }> {
  const log = capturedLog();
  const app = await createApplication('Express', metadata);
  configure(app);
  const error: unknown = await app.init().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error: error instanceof Error ? error.message : undefined, warnings: log.warn };
}

describe('RB07 guards that call the policy guard', () => {
  const SessionOrToken = OrGuard([SessionGuard, ApiTokenPolicyGuard]);

  it.each(PLATFORMS)(
    'count on %s where the audit is told of them, and nothing else passes',
    async (platform) => {
      const metadata = withControllers(
        [catController(SessionOrToken)],
        { audit: { compositeGuards: [SessionOrToken] } },
        [SessionGuard],
      );
      const { app, send } = await startApplication(platform, metadata);
      expect(app.get(ApiTokenPolicyCatalog).routes).toMatchObject([{ guard: 'bound' }]);
      const secret = await issueSecret({ app } as never, {
        resources: { cat: { '*': { block: ['POST'] } } },
      });
      expect((await send('GET', '/cats', ['x-session', '1'])).status).toBe(200);
      expect((await send('GET', '/cats', bearer(secret))).status).toBe(200);
      expect((await send('GET', '/cats')).status).toBe(403);
    },
  );

  it('stop the start where they can not be seen, with what to write', async () => {
    const { error } = await startOf(withControllers([catController(SessionOrToken)], {}, [SessionGuard]));
    expect(error).toContain('audit: { compositeGuards: [ThatGuard] }');
  });

  it('count as their subclasses, as an instance of the whole application, and as APP_GUARD', async () => {
    class Own extends SessionOrToken {}
    const audit = { compositeGuards: [SessionOrToken] };
    expect(
      (await startOf(withControllers([catController(Own)], { audit }, [SessionGuard]))).error,
    ).toBeUndefined();
    const providers = [SessionGuard, { provide: APP_GUARD, useClass: SessionOrToken }];
    expect((await startOf(withControllers([catController()], { audit }, providers))).error).toBeUndefined();
    const metadata = withControllers([catController()], { audit }, [SessionGuard, SessionOrToken]);
    const bind = (app: INestApplication) => app.useGlobalGuards(app.get(SessionOrToken));
    expect((await startOf(metadata, bind)).error).toBeUndefined();
  });

  it('are missed on an override as the policy guard is', async () => {
    class Base {
      @UseGuards(SessionOrToken)
      @Get()
      list() {
        return {};
      }
    }
    @Controller('cats')
    class CatController extends Base {
      @Get()
      override list() {
        return {};
      }
    }
    const audit = { compositeGuards: [SessionOrToken] };
    const { error } = await startOf(withControllers([CatController], { audit }, [SessionGuard]));
    expect(error).toContain('it overrides a method that has the policy guard');
  });

  // What a compiler without emitted metadata leaves: types are `Object`, or nothing.
  class ByParameter implements CanActivate {
    constructor(@Inject(ApiTokenPolicyGuard) private readonly tokens: CanActivate) {}

    canActivate(context: ExecutionContext) {
      return this.tokens.canActivate(context);
    }
  }
  class ByForwardReference extends ByParameter {
    constructor(@Inject(forwardRef(() => ApiTokenPolicyGuard)) tokens: CanActivate) {
      super(tokens);
    }
  }
  class ByProperty implements CanActivate {
    @Inject(ApiTokenPolicyGuard) private readonly tokens!: CanActivate;

    canActivate(context: ExecutionContext) {
      return this.tokens.canActivate(context);
    }
  }
  class OfAnotherGuard implements CanActivate {
    constructor(@Inject(ByParameter) private readonly other: CanActivate) {}

    canActivate(context: ExecutionContext) {
      return this.other.canActivate(context);
    }
  }
  for (const type of [ByParameter, ByForwardReference, OfAnotherGuard]) {
    Reflect.deleteMetadata('design:paramtypes', type);
  }

  it.each([ByParameter, ByForwardReference, ByProperty, OfAnotherGuard])(
    'are seen where Nest is told to give them the policy guard: %p',
    async (guard) => {
      const metadata = withControllers([catController(guard)], {}, [ByParameter]);
      expect((await startOf(metadata)).error).toBeUndefined();
    },
  );

  it('are not seen in a guard that takes something else, or another guard that does not ask it', async () => {
    class OfSession implements CanActivate {
      constructor(
        @Inject(SessionGuard) private readonly session: CanActivate,
        @Inject(ApiTokenService) readonly service: object,
      ) {}

      canActivate(context: ExecutionContext) {
        return this.session.canActivate(context);
      }
    }
    const { error } = await startOf(withControllers([catController(OfSession)], {}, [SessionGuard]));
    expect(error).toContain('no policy guard');
  });
});

describe('RB08 an application that serves nothing', () => {
  it('starts without the guards that main.ts binds, and says nothing of routes', async () => {
    const log = capturedLog();
    class AppModule {}
    const module = { module: AppModule, ...withControllers([catController()], {}, []) };
    const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    try {
      const { token } = await app.get(ApiTokenService).issue({
        ownerId: 'grumpy',
        policy: { resources: { cat: { '*': { block: ['POST'] } } } },
      });
      expect(token.ownerId).toBe('grumpy');
      expect(log).toMatchObject({ warn: [], error: [] });
      expect(log.log.join()).not.toContain('METHOD');
    } finally {
      await app.close();
    }
  });

  it('still rejects wrong options', async () => {
    class AppModule {}
    const module = {
      module: AppModule,
      ...withControllers([], { errors: { explainDenials: 'no' as never } }, []),
    };
    const context = NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
    await expect(context).rejects.toThrow('explainDenials');
  });

  it('is not one that serves HTTP', async () => {
    expect((await startOf(withControllers([catController()], {}, []))).error).toContain('no policy guard');
    const bind = (app: INestApplication) => app.useGlobalGuards(app.get(ApiTokenPolicyGuard));
    expect((await startOf(withControllers([catController()], {}, []), bind)).error).toBeUndefined();
  });
});

@Controller('dogs')
class DogController {
  @Get()
  list() {
    return {};
  }
}

@Controller('fish')
class FishController {
  @Get()
  list() {
    return {};
  }

  @SkipApiTokenPolicy()
  @Get('health')
  health() {
    return {};
  }
}

describe('RB10 everybody gets in', () => {
  it('where the guard is bound nowhere: one warning names the routes', async () => {
    const { error, warnings } = await startOf(withControllers([DogController, FishController], {}, []));
    expect(error).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(
        /^DogController\.list \(\/dogs\), FishController\.list \(\/fish\): the policy guard is bound nowhere/,
      ),
    ]);
  });

  it("and stops the start with audit: 'strict'", async () => {
    const { error } = await startOf(withControllers([DogController], { audit: 'strict' }, []));
    expect(error).toContain('the policy guard is bound nowhere');
  });

  it('is not said where the guard is bound to some controllers, or all routes are skipped', async () => {
    expect(
      await startOf(withControllers([DogController, catController(ApiTokenPolicyGuard)], {}, [])),
    ).toEqual({
      error: undefined,
      warnings: [],
    });
    @SkipApiTokenPolicy()
    @Controller('birds')
    class BirdController extends DogController {}
    expect((await startOf(withControllers([BirdController], {}, []))).warnings).toEqual([]);
    expect((await startOf(withControllers([], {}, []))).warnings).toEqual([]);
  });

  it('is said once of a route that is an error already', async () => {
    const { warnings } = await startOf(withControllers([catController()], { audit: 'warn' }, []));
    expect(warnings).toEqual([]);
  });

  it.each(PLATFORMS)(
    "with credentials: 'optional' and no guard behind on %s: a warning names the routes",
    async (platform) => {
      @ApiTokenAccess(false)
      @Controller('account')
      class AccountController {
        @Get()
        show() {
          return {};
        }
      }
      const log = capturedLog();
      const metadata = withControllers([FishController, AccountController], {
        requests: { credentials: 'optional' },
      });
      const { send } = await startApplication(platform, metadata);
      for (const path of ['/fish', '/account']) expect((await send('GET', path)).status).toBe(200);
      expect(log.warn).toEqual([
        expect.stringMatching(
          /^FishController\.list \(\/fish\), AccountController\.show \(\/account\): everybody gets in without a token/,
        ),
      ]);
    },
  );

  it.each<[string, Type[], ModuleMetadata['providers']]>([
    ['on the class', [catController(SessionGuard)], GLOBAL_GUARD],
    [
      'of the whole application',
      [DogController],
      [...GLOBAL_GUARD, { provide: APP_GUARD, useClass: SessionGuard }],
    ],
    ['that extends the policy guard', [catController(class Own extends ApiTokenPolicyGuard {})], []],
  ])('is not said where there is another guard %s', async (_, controllers, providers) => {
    const metadata = withControllers(controllers, { requests: { credentials: 'optional' } }, providers);
    expect(await startOf(metadata)).toEqual({ error: undefined, warnings: [] });
  });

  it('is said where the policy guard is bound twice', async () => {
    const metadata = withControllers([catController(ApiTokenPolicyGuard)], {
      requests: { credentials: 'optional' },
      audit: 'strict',
    });
    expect((await startOf(metadata)).error).toContain('everybody gets in without a token');
  });
});

describe('RB15 the table at start', () => {
  it('tells closed routes, routes with a problem and messages that are denied apart', async () => {
    class Lost {
      @PolicyId('lost')
      @Get('lost')
      lost() {
        return {};
      }
    }
    @Controller('table')
    class TableController extends Lost {
      @ApiTokenAccess(false)
      @Get('closed')
      closed() {
        return {};
      }

      @Get('lost')
      override lost() {
        return {};
      }

      @Get('open')
      open() {
        return {};
      }
    }
    const log = capturedLog();
    const app = await createApplication('Express', withControllers([TableController], { audit: 'warn' }));
    await app.init();
    const table = log.log.find((line) => line.includes('METHOD'))!;
    const accessOf = (path: string) =>
      table
        .split('\n')
        .find((line) => line.includes(path))!
        .split(/ {2,}/)[2];
    expect(accessOf('/table/closed')).toBe('closed');
    expect(accessOf('/table/lost')).toBe('denied (problem)');
    expect(accessOf('/table/open')).toBe('by policy');
  });
});
