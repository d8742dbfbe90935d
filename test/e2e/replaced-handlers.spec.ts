import {
  type CanActivate,
  Controller,
  Delete,
  Get,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
  Post,
  Scope,
  type Type,
  UseGuards,
} from '@nestjs/common';
import {
  type ContextId,
  ContextIdFactory,
  type ContextIdStrategy,
  ExternalContextCreator,
  ModulesContainer,
  RouterModule,
} from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import {
  ApiTokenAccess,
  ApiTokenPolicyGuard,
  PolicyId,
  RecheckApiToken,
  SkipApiTokenPolicy,
  type TokenPolicy,
} from 'nestjs-api-token';
import { bearer, createApplication, type Platform, startApplication } from '../support/application.js';
import { blocked, withControllers } from '../support/controllers.js';
import { countHeld } from '../support/collect-garbage.js';
import { capturedLog } from '../support/log.js';
import { issueSecret, reviewServer } from '../support/review-server.js';
import { traced, traceEveryHandler } from '../support/wrapped-handlers.js';

@Injectable()
class NobodyGuard implements CanActivate {
  canActivate() {
    return false;
  }
}

type Binding = 'prototype' | 'bound' | 'wrapped' | 'proxied';
const REQUESTS = 200;
const KEPT_BY_NEST = 40;
const SHARED: readonly Binding[] = ['bound', 'wrapped', 'proxied'];

/** What a controller does to its own handlers while it is made. */
function replaceHandlers<T extends object>(
  controller: T,
  binding: Binding,
  onReplaced: (replacement: object) => void = () => undefined,
): T {
  const methods = controller as Record<string, (...args: unknown[]) => unknown>;
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(controller)).filter(
    (name) => name !== 'constructor',
  );
  const replaced = new Map(names.map((name) => [name, methods[name]!.bind(controller)]));
  for (const bound of replaced.values()) onReplaced(bound);
  switch (binding) {
    case 'bound':
      for (const [name, bound] of replaced) methods[name] = bound;
      return controller;
    case 'wrapped':
      for (const [name, bound] of replaced) methods[name] = traced(bound, false);
      return controller;
    case 'proxied':
      return new Proxy(controller, {
        get: (target, name) => replaced.get(String(name)) ?? Reflect.get(target, name),
      });
    default:
      return controller;
  }
}

/** A controller with every kind of declaration, whose handlers are replaced. */
function catController(
  binding: Binding,
  scope: Scope = Scope.DEFAULT,
  onReplaced: (replacement: object) => void = () => undefined,
): Type {
  @PolicyId('cat')
  @Controller({ path: 'cats', scope })
  class CatController {
    constructor() {
      return replaceHandlers(this, binding, onReplaced);
    }

    @Get()
    list() {
      return ['cat'];
    }

    @SkipApiTokenPolicy()
    @Get('health')
    health() {
      return { ok: true };
    }

    @ApiTokenAccess(false)
    @Post('closed')
    closed() {
      return {};
    }

    @PolicyId('dog', { param: null })
    @Get('dogs')
    dogs() {
      return {};
    }

    @Get(':id')
    find(@Param('id', ParseIntPipe) id: number) {
      return { id };
    }

    @Delete(':id')
    remove(@Param('id', ParseIntPipe) id: number) {
      return { id };
    }
  }
  return CatController;
}

async function expectAuthorizedAsDeclared(platform: Platform, controller: Type): Promise<void> {
  const server = await startApplication(platform, withControllers([controller]));
  const full = bearer(await issueSecret(server, 'full-access'));
  const some = bearer(
    await issueSecret(server, {
      resources: {
        cat: { '2': { block: ['*'] }, '*': { allow: ['*'], block: ['DELETE'] } },
        dog: { '*': { block: ['*'] } },
      },
    }),
  );
  const statusOf = async (method: string, path: string, headers?: string[]) =>
    (await server.send(method, path, headers)).status;
  expect(await statusOf('GET', '/cats', full)).toBe(200);
  expect(await statusOf('GET', '/cats')).toBe(401);
  expect(await statusOf('GET', '/cats/health')).toBe(200);
  expect(await statusOf('POST', '/cats/closed', full)).toBe(403);
  expect(await statusOf('POST', '/cats/closed')).toBe(401);
  expect(await statusOf('GET', '/cats/dogs', full)).toBe(200);
  expect(await statusOf('GET', '/cats/dogs', some)).toBe(403);
  expect(await statusOf('GET', '/cats', some)).toBe(200);
  expect(await statusOf('GET', '/cats/1', some)).toBe(200);
  expect(await statusOf('GET', '/cats/2', some)).toBe(403);
  expect(await statusOf('GET', '/cats/02', full)).toBe(400);
  expect(await statusOf('DELETE', '/cats/1', some)).toBe(403);
  expect(await statusOf('DELETE', '/cats/1', full)).toBe(200);
}

describe('handlers that something replaced', () => {
  it('RB01: a function in front of each handler that has its name and metadata changes nothing', async () => {
    traceEveryHandler();
    await expectAuthorizedAsDeclared('Express', catController('prototype'));
  });

  it.each(SHARED)('RB01: nor does one in front of handlers that are %s', async (binding) => {
    traceEveryHandler();
    await expectAuthorizedAsDeclared('Express', catController(binding));
  });

  it('RB01: nor does one that is made for each request', async () => {
    traceEveryHandler();
    await expectAuthorizedAsDeclared('Express', catController('prototype', Scope.REQUEST));
  });

  it.each(SHARED)('RB02: handlers that are %s are authorized as declared', async (binding) => {
    await expectAuthorizedAsDeclared('Express', catController(binding));
  });

  it.each(['prototype', 'bound', 'wrapped', 'proxied'] as const)(
    'RB02: handlers of a controller of request scope that are %s are authorized as declared',
    async (binding) => {
      await expectAuthorizedAsDeclared('Express', catController(binding, Scope.REQUEST));
    },
  );

  it.each(['bound', 'prototype'] as const)(
    'RB06: no function is kept that a controller of request scope (%s) or a tracer made for a request',
    async (binding) => {
      const made: WeakRef<object>[] = [];
      traceEveryHandler(true, (wrapper) => made.push(new WeakRef(wrapper)));
      const controller = catController(binding, Scope.REQUEST, (bound) => made.push(new WeakRef(bound)));
      const server = await startApplication('Express', withControllers([controller]));
      const secret = bearer(await issueSecret(server, 'full-access'));
      made.length = 0;
      for (let count = 0; count < REQUESTS; count += 1) await server.send('GET', '/cats', secret);
      expect(made.length).toBeGreaterThanOrEqual(REQUESTS);
      // Nest itself keeps those of the last request or two.
      expect(await countHeld(made)).toBeLessThan(KEPT_BY_NEST);
    },
  );

  describe('RB03: what a handler says itself', () => {
    const status = async (controller: Type, method: string, path: string, policy?: TokenPolicy) => {
      const server = await startApplication('Express', withControllers([controller]));
      const headers = policy === undefined ? [] : bearer(await issueSecret(server, policy));
      return (await server.send(method, path, headers)).status;
    };

    it.each(SHARED)('counts over what its class says where handlers are %s', async (binding) => {
      @SkipApiTokenPolicy()
      @PolicyId('cat', { param: null })
      @Controller('cats')
      class CatController {
        constructor() {
          return replaceHandlers(this, binding);
        }

        @SkipApiTokenPolicy(false)
        @PolicyId('secret', { param: null })
        @Get('secret')
        secret() {
          return {};
        }

        @SkipApiTokenPolicy(false)
        @ApiTokenAccess(false)
        @Post('closed')
        closed() {
          return {};
        }

        @SkipApiTokenPolicy(false)
        @PolicyId('cat', { param: 'id' })
        @Get(':id')
        find(@Param('id', ParseIntPipe) id: number) {
          return { id };
        }

        @Get()
        open() {
          return {};
        }
      }
      expect(await status(CatController, 'GET', '/cats/secret')).toBe(401);
      expect(await status(CatController, 'GET', '/cats/secret', blocked('secret'))).toBe(403);
      expect(await status(CatController, 'GET', '/cats/secret', blocked('cat'))).toBe(200);
      expect(await status(CatController, 'POST', '/cats/closed', blocked('secret'))).toBe(403);
      expect(await status(CatController, 'GET', '/cats/2', blocked('cat', '2'))).toBe(403);
      expect(await status(CatController, 'GET', '/cats/1', blocked('cat', '2'))).toBe(200);
      expect(await status(CatController, 'GET', '/cats')).toBe(200);
    });

    it.each<[string, Binding, MethodDecorator]>([
      ['the policy guard', 'bound', UseGuards(ApiTokenPolicyGuard)],
      ['the policy guard', 'wrapped', UseGuards(ApiTokenPolicyGuard)],
      ['the policy guard', 'proxied', UseGuards(ApiTokenPolicyGuard)],
      ['another guard', 'bound', UseGuards(NobodyGuard)],
      ['a recheck', 'bound', RecheckApiToken()],
    ])('stops the start where the function that Nest calls has lost %s (%s)', async (...row) => {
      const [lost, binding, decorator] = row;
      @Controller('cats')
      class CatController {
        constructor() {
          return replaceHandlers(this, binding);
        }

        @Get()
        @decorator
        list() {
          return {};
        }
      }
      const metadata = withControllers([CatController]);
      const isOnMethodAlone = lost === 'the policy guard';
      const app = await createApplication(
        'Express',
        isOnMethodAlone ? { ...metadata, providers: [] } : metadata,
      );
      await expect(app.init()).rejects.toMatchObject({
        findings: [{ code: 'HANDLER_REPLACED', severity: 'error', handler: 'CatController.list (/cats)' }],
      });
    });

    it('starts where that function has it, too', async () => {
      @Controller('cats')
      class CatController {
        constructor() {
          const list = this.list.bind(this);
          UseGuards(ApiTokenPolicyGuard)(this, 'list', { value: list });
          this.list = list;
        }

        @Get()
        @UseGuards(ApiTokenPolicyGuard)
        list() {
          return {};
        }
      }
      const server = await startApplication('Express', {
        ...withControllers([CatController]),
        providers: [],
      });
      expect((await server.send('GET', '/cats')).status).toBe(401);
    });

    it('stops the start where that function says something else', async () => {
      @Controller('cats')
      class CatController {
        constructor() {
          const list = this.list.bind(this);
          SkipApiTokenPolicy()(this, 'list', { value: list });
          this.list = list;
        }

        @Get()
        list() {
          return {};
        }
      }
      const app = await createApplication('Express', withControllers([CatController]));
      await expect(app.init()).rejects.toMatchObject({ findings: [{ code: 'HANDLER_REPLACED' }] });
    });
  });

  describe('one function that has two names', () => {
    function aliasing(scope: Scope, alias: (controller: { list(): object; find(): object }) => void): Type {
      @PolicyId('cat')
      @Controller({ path: 'cats', scope })
      class CatController {
        constructor() {
          alias(this);
        }

        @Get()
        list() {
          return { handler: 'list' };
        }

        @PolicyId('cat', { param: 'id', canonical: 'int' })
        @Get(':id')
        find(): object {
          return { handler: 'find' };
        }
      }
      return CatController;
    }
    const ALIASES: [string, (controller: { list(): object; find(): object }) => void][] = [
      ['one is the other', (controller) => void (controller.find = controller.list)],
      [
        'they are swapped',
        (controller) => {
          [controller.find, controller.list] = [controller.list, controller.find];
        },
      ],
    ];

    it.each(ALIASES)('RB03: stops the start where they are declared differently: %s', async (_, alias) => {
      const controller = aliasing(Scope.DEFAULT, alias);
      const app = await createApplication('Express', withControllers([controller]));
      await expect(app.init()).rejects.toMatchObject({
        findings: expect.arrayContaining([
          expect.objectContaining({ code: expect.stringMatching(/^HANDLER_(AMBIGUOUS|REPLACED)$/) }),
        ]),
      });
      const server = await startApplication('Express', withControllers([controller], { audit: 'warn' }));
      const secret = await issueSecret(server, 'full-access');
      for (const path of ['/cats', '/cats/1']) {
        expect((await server.send('GET', path, bearer(secret))).status).toBe(403);
      }
    });

    it('RB03: is authorized by the route where each request has an instance of its own', async () => {
      const [[, same], [, swap]] = ALIASES as [(typeof ALIASES)[0], (typeof ALIASES)[0]];
      const policy = blocked('cat', '2');
      const swapped = await startApplication('Express', withControllers([aliasing(Scope.REQUEST, swap)]));
      const secret = bearer(await issueSecret(swapped, policy));
      expect(await swapped.send('GET', '/cats/1', secret)).toMatchObject({ status: 200 });
      expect((await swapped.send('GET', '/cats/2', secret)).status).toBe(403);
      expect((await swapped.send('GET', '/cats', secret)).status).toBe(200);
      const shared = await startApplication('Express', withControllers([aliasing(Scope.REQUEST, same)]));
      const other = bearer(await issueSecret(shared, 'full-access'));
      for (const path of ['/cats', '/cats/1']) {
        expect((await shared.send('GET', path, other)).status).toBe(403);
      }
    });

    it('RB02: may be bound to another name: it is authorized by the route', async () => {
      const bind = (controller: { list(): object; find(): object }) =>
        void (controller.find = controller.list.bind(controller));
      for (const scope of [Scope.DEFAULT, Scope.REQUEST]) {
        const server = await startApplication('Express', withControllers([aliasing(scope, bind)]));
        const secret = bearer(await issueSecret(server, blocked('cat', '2')));
        expect((await server.send('GET', '/cats/2', secret)).status).toBe(403);
        expect((await server.send('GET', '/cats/1', secret)).status).toBe(200);
        expect((await server.send('GET', '/cats', secret)).status).toBe(200);
      }
    });
  });

  it('RB03: a Proxy that has another function each time stops the start, and is denied', async () => {
    @SkipApiTokenPolicy(false)
    @Controller('cats')
    class CatController {
      constructor() {
        return new Proxy(this, {
          get: (target, name) => {
            const found: unknown = Reflect.get(target, name);
            return typeof found === 'function' && name !== 'constructor' ? found.bind(target) : found;
          },
        });
      }

      @Get()
      list() {
        return {};
      }
    }
    const app = await createApplication('Express', withControllers([CatController]));
    await expect(app.init()).rejects.toMatchObject({ findings: [{ code: 'HANDLER_REPLACED' }] });
    const server = await startApplication('Express', withControllers([CatController], { audit: 'warn' }));
    expect((await server.send('GET', '/cats', bearer(await issueSecret(server, 'full-access')))).status).toBe(
      403,
    );
  });

  describe('RB02: handlers that are bound', () => {
    it('and inherited are authorized by the class that inherits them', async () => {
      class Base {
        constructor() {
          this.list = this.list.bind(this);
        }

        @Get()
        list() {
          return {};
        }
      }
      @PolicyId('first')
      @Controller('first')
      class FirstController extends Base {}
      @PolicyId('second')
      @Controller('second')
      class SecondController extends Base {}
      const server = await startApplication('Express', withControllers([FirstController, SecondController]));
      const secret = bearer(await issueSecret(server, blocked('first')));
      expect((await server.send('GET', '/first', secret)).status).toBe(403);
      expect((await server.send('GET', '/second', secret)).status).toBe(200);
    });

    it.each([Scope.DEFAULT, Scope.REQUEST])(
      'and traced are authorized by each application (scope %s)',
      async (scope) => {
        const controller = catController('bound', scope);
        if (scope === Scope.DEFAULT) traceEveryHandler();
        const open = await startApplication('Express', withControllers([controller]));
        const closed = await startApplication(
          'Express',
          withControllers([controller], { policies: { defaultTokenAccess: false } }),
        );
        for (const [server, status] of [
          [open, 200],
          [closed, 403],
        ] as const) {
          const secret = bearer(await issueSecret(server, 'full-access'));
          expect((await server.send('GET', '/cats', secret)).status).toBe(status);
        }
      },
    );

    it('of a controller of transient scope are authorized as declared', async () => {
      await expectAuthorizedAsDeclared('Express', catController('bound', Scope.TRANSIENT));
    });

    it('of a controller in two modules are authorized as declared, in both', async () => {
      const controller = catController('bound');
      const { imports, ...metadata } = withControllers([controller]);
      class OtherModule {}
      const other = { module: OtherModule, controllers: [controller] };
      const prefixes = RouterModule.register([{ path: 'other', module: OtherModule }]);
      const server = await startApplication('Express', {
        ...metadata,
        imports: [...imports!, other, prefixes],
      });
      const secret = bearer(await issueSecret(server, blocked('cat', '2')));
      for (const prefix of ['', '/other']) {
        expect((await server.send('GET', `${prefix}/cats/1`, secret)).status).toBe(200);
        expect((await server.send('GET', `${prefix}/cats/2`, secret)).status).toBe(403);
      }
    });

    it('and durable are authorized as declared, for each tenant', async () => {
      const tenants = new Map<string, ContextId>();
      const strategy: ContextIdStrategy = {
        attach: (contextId, request: { headers: Record<string, string> }) => {
          const tenant = request.headers['x-tenant'] ?? 'none';
          const shared = tenants.get(tenant) ?? ContextIdFactory.create();
          tenants.set(tenant, shared);
          return (info) => (info.isTreeDurable ? shared : contextId);
        },
      };
      ContextIdFactory.apply(strategy);
      try {
        @Injectable({ scope: Scope.REQUEST, durable: true })
        class Tenant {}
        let made = 0;
        @PolicyId('cat')
        @Controller({ path: 'cats', durable: true, scope: Scope.REQUEST })
        class CatController {
          constructor(readonly tenant: Tenant) {
            made += 1;
            this.find = this.find.bind(this);
          }

          @Get(':id')
          find(@Param('id', ParseIntPipe) id: number) {
            return { id };
          }
        }
        const { providers, ...metadata } = withControllers([CatController]);
        const server = await startApplication('Express', { ...metadata, providers: [...providers!, Tenant] });
        const secret = bearer(await issueSecret(server, blocked('cat', '2')));
        for (const tenant of ['one', 'two', 'one']) {
          const headers = [...secret, 'X-Tenant', tenant];
          expect((await server.send('GET', '/cats/1', headers)).status).toBe(200);
          expect((await server.send('GET', '/cats/2', headers)).status).toBe(403);
        }
        expect(made).toBe(2);
      } finally {
        ContextIdFactory.apply(undefined as never);
      }
    });

    it.each(['configure', 'onModuleInit'] as const)(
      'by another module in its %s() are authorized as declared',
      async (hook) => {
        const controller = catController('prototype');
        class BindingModule {
          constructor(private readonly modules: ModulesContainer) {}

          [hook]() {
            for (const { controllers } of this.modules.values()) {
              const found = controllers.get(controller)?.instance as object | undefined;
              if (found !== undefined) replaceHandlers(found, 'bound');
            }
          }
        }
        Module({})(BindingModule);
        Reflect.defineMetadata('design:paramtypes', [ModulesContainer], BindingModule);
        const { imports, ...metadata } = withControllers([controller]);
        for (const order of [
          [...imports!, BindingModule],
          [BindingModule, ...imports!],
        ]) {
          const server = await startApplication('Express', { ...metadata, imports: order });
          const secret = bearer(await issueSecret(server, blocked('cat', '2')));
          expect((await server.send('GET', '/cats/1', secret)).status).toBe(200);
          expect((await server.send('GET', '/cats/2', secret)).status).toBe(403);
          expect((await server.send('GET', '/cats/health')).status).toBe(200);
        }
      },
    );
  });

  describe('RB16: a handler that nobody knows', () => {
    it('is denied with a token and without, skipped or not, and logged once', async () => {
      traceEveryHandler(false);
      const log = capturedLog();
      const server = await startApplication('Express', withControllers([catController('prototype')]));
      const full = bearer(await issueSecret(server, 'full-access'));
      for (const headers of [full, []]) {
        for (const path of ['/cats', '/cats/health', '/cats/1']) {
          const reply = await server.send('GET', path, headers);
          expect(reply).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED' } });
        }
      }
      // A second later there may be others, with a count.
      expect(log.error.slice(0, 3)).toEqual([
        expect.stringContaining('A request for CatController.'),
        expect.stringContaining('A request for CatController.'),
        expect.stringContaining('A request for CatController.'),
      ]);
    });

    it('is denied whatever skipIf says', async () => {
      traceEveryHandler(false);
      const metadata = withControllers([catController('prototype')], { requests: { skipIf: () => true } });
      const server = await startApplication('Express', metadata);
      expect((await server.send('GET', '/cats/health')).status).toBe(403);
    });

    it("is denied where it is called through Nest's external contexts", async () => {
      @SkipApiTokenPolicy()
      @Injectable()
      class Commands {
        run() {
          return 'ran';
        }
      }
      const { app } = await startApplication('Express', {
        ...reviewServer(),
        providers: [...reviewServer().providers!, Commands],
      });
      const commands = app.get(Commands);
      const external = app.get(ExternalContextCreator);
      const run = external.create(commands, commands.run, 'run', undefined, undefined, undefined, undefined, {
        guards: true,
        interceptors: false,
        filters: false,
      });
      await expect(run({ headers: {}, method: 'GET' })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    });

    it('is denied where its function was put on the class while the application runs', async () => {
      const CatController = catController('prototype', Scope.REQUEST);
      const server = await startApplication('Express', withControllers([CatController]));
      const health = CatController.prototype.health as () => object;
      expect((await server.send('GET', '/cats/health')).status).toBe(200);
      CatController.prototype.health = () => health();
      // Of a request's own instance this is the handler, whatever it was at start.
      expect((await server.send('GET', '/cats/health')).status).toBe(200);
      CatController.prototype.list = CatController.prototype.health;
      expect((await server.send('GET', '/cats/health')).status).toBe(403);
      CatController.prototype.list = () => [];
    });
  });

  describe('a class that a decorator replaced', () => {
    type Replace = (type: Type) => unknown;
    function replacedBy(replace: Replace): Type {
      @PolicyId('cat')
      @Controller('cats')
      @(replace as ClassDecorator)
      class CatController {
        @Get(':id')
        find(@Param('id', ParseIntPipe) id: number) {
          return { id };
        }
      }
      return CatController;
    }

    it('RB03: by one that extends it, is authorized by what stands on both', async () => {
      const controller = replacedBy((type) => class extends type {});
      const server = await startApplication('Express', withControllers([controller]));
      const secret = bearer(await issueSecret(server, blocked('cat', '2')));
      expect((await server.send('GET', '/cats/1', secret)).status).toBe(200);
      expect((await server.send('GET', '/cats/2', secret)).status).toBe(403);
      expect((await server.send('GET', '/cats/02', secret)).status).toBe(400);
    });

    it.each<[string, Replace]>([
      ['a Proxy', (type) => new Proxy(type, {})],
      [
        'a function with its prototype',
        (type) => {
          function Replacement(): object {
            return new type() as object;
          }
          Replacement.prototype = type.prototype as object;
          return Replacement;
        },
      ],
      [
        'one whose constructor was overwritten',
        (type) => void Object.defineProperty(type.prototype, 'constructor', { value: class Other {} }),
      ],
    ])('RB03: by %s stops the start, and is denied', async (_, replace) => {
      const controller = replacedBy(replace);
      const app = await createApplication('Express', withControllers([controller]));
      await expect(app.init()).rejects.toMatchObject({ findings: [{ code: 'CLASS_REPLACED' }] });
      const server = await startApplication('Express', withControllers([controller], { audit: 'warn' }));
      const secret = bearer(await issueSecret(server, 'full-access'));
      expect((await server.send('GET', '/cats/1', secret)).status).toBe(403);
    });
  });
});
