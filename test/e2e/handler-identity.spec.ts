import {
  Controller,
  Delete,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  type ModuleMetadata,
  Param,
  ParseIntPipe,
  Scope,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, REQUEST } from '@nestjs/core';
import { describe, expect, it, jest } from '@jest/globals';
import {
  ApiTokenAccess,
  type ApiTokenEvent,
  ApiTokenEvents,
  ApiTokenModule,
  type ApiTokenFactoryOptions,
  ApiTokenPolicyGuard,
  InMemoryApiTokenStore,
  PolicyId,
  RecheckApiToken,
  SkipApiTokenPolicy,
} from 'nestjs-api-token';
import { bearer, type Platform, startApplication } from '../support/application.js';
import { blocked } from '../support/controllers.js';
import { issueSecret } from '../support/review-server.js';

jest.setTimeout(30_000);

/** An application of some controllers, with the guard bound to all of it. */
function serverOf(
  controllers: Type[],
  options: Partial<ApiTokenFactoryOptions> = {},
  isGlobal = true,
): ModuleMetadata {
  return {
    imports: [
      ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token: { prefix: 'acme' }, ...options }),
    ],
    controllers,
    providers: isGlobal ? [{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }] : [],
  };
}

async function start(platform: Platform, controllers: Type[], options: Partial<ApiTokenFactoryOptions> = {}) {
  const server = await startApplication(platform, serverOf(controllers, options));
  const events: ApiTokenEvent[] = [];
  server.app.get(ApiTokenEvents).subscribe((event) => events.push(event));
  const status = async (path: string, secret?: string, method = 'GET') =>
    (await server.send(method, path, secret === undefined ? [] : bearer(secret))).status;
  return { ...server, events, status };
}

/** What stops the start. */
async function failure(platform: Platform, metadata: ModuleMetadata): Promise<string> {
  try {
    await startApplication(platform, metadata);
  } catch (error) {
    return (error as Error).message;
  }
  return 'started';
}

type AnyFunction = (...args: never[]) => unknown;

/** Replaces a method, as decorators of tracing, transactions and caches do; with or without its metadata. */
function Traced(copies = false): MethodDecorator {
  return (_target, _name, descriptor) => {
    const original = descriptor.value as unknown as AnyFunction;
    const wrapper = function (this: unknown, ...args: never[]): unknown {
      return Reflect.apply(original, this, args);
    };
    if (copies) copyMetadata(original, wrapper);
    descriptor.value = wrapper as never;
  };
}

function copyMetadata(from: object, to: object): void {
  for (const key of Reflect.getMetadataKeys(from))
    Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
}

describe('a handler that the constructor binds', () => {
  class Cats {
    @Get()
    list() {
      return [];
    }

    @PolicyId('cat', { param: 'id' })
    @Get(':id')
    find(@Param('id', ParseIntPipe) id: number) {
      return { id };
    }

    @SkipApiTokenPolicy(false)
    @PolicyId('cat', { param: null })
    @Get('all/open')
    open() {
      return {};
    }

    @ApiTokenAccess(false)
    @Get('all/closed')
    closed() {
      return {};
    }
  }

  /** The class with each of its handlers bound, as constructors do it. */
  function binding(bind: (instance: Record<string, AnyFunction>, name: string) => void) {
    @PolicyId('cat', { param: null })
    @Controller('cats')
    class CatsController extends Cats {
      constructor() {
        super();
        for (const name of ['list', 'find', 'open', 'closed']) bind(this as never, name);
      }
    }
    return CatsController;
  }

  const bindings: [string, (instance: Record<string, AnyFunction>, name: string) => void][] = [
    ['by bind()', (instance, name) => (instance[name] = instance[name]!.bind(instance))],
    [
      'by an arrow function',
      (instance, name) => {
        const method = instance[name]!;
        instance[name] = (...args) => Reflect.apply(method, instance, args);
      },
    ],
    [
      'by a function that has the name of another handler',
      (instance, name) => {
        const method = instance[name]!;
        const list = { list: (...args: never[]) => Reflect.apply(method, instance, args) };
        instance[name] = list.list;
      },
    ],
    [
      'by a property that can not be listed',
      (instance, name) =>
        void Object.defineProperty(instance, name, {
          value: instance[name]!.bind(instance),
          enumerable: false,
        }),
    ],
    [
      'by a getter that answers alike each time',
      (instance, name) => {
        const bound = instance[name]!.bind(instance);
        Object.defineProperty(instance, name, { get: () => bound });
      },
    ],
  ];

  it.each(bindings)('RB02 RB03 is decided as the method of its class: %s', async (_, bind) => {
    const server = await start('Express', [binding(bind)]);
    const secret = await issueSecret(server, blocked('cat', '42'));
    expect(await server.status('/cats', secret)).toBe(200);
    expect(await server.status('/cats/7', secret)).toBe(200);
    expect(await server.status('/cats/42', secret)).toBe(403);
    expect(await server.status('/cats/042', secret)).toBe(400);
    expect(await server.status('/cats/all/closed', secret)).toBe(403);
    expect(await server.status('/cats/all/open', secret)).toBe(200);
    expect(await server.status('/cats/7')).toBe(401);
  });

  it('RB03 is not skipped by the decorator of its class', async () => {
    @SkipApiTokenPolicy()
    @PolicyId('cat', { param: null })
    @Controller('cats')
    class SkippedController extends Cats {
      constructor() {
        super();
        this.open = this.open.bind(this);
      }
    }
    const server = await start('Express', [SkippedController]);
    expect(await server.status('/cats')).toBe(200);
    expect(await server.status('/cats/all/open')).toBe(401);
  });

  it('RB03 stops the start where its guard is on the method that it replaces', async () => {
    @Controller('cats')
    class CatsController {
      constructor() {
        this.find = this.find.bind(this);
      }

      @UseGuards(ApiTokenPolicyGuard)
      @PolicyId('cat', { param: 'id' })
      @Get(':id')
      find(@Param('id', ParseIntPipe) id: number) {
        return { id };
      }
    }
    expect(await failure('Express', serverOf([CatsController], {}, false))).toContain(
      'CatsController.find (/cats/:id): its guard is on the method, and the instance has another function in its place',
    );
  });

  it('RB03 stops the start where its @RecheckApiToken() is on the method that it replaces', async () => {
    @Controller('cats')
    class CatsController {
      constructor() {
        this.list = this.list.bind(this);
      }

      @RecheckApiToken()
      @PolicyId('cat')
      @Get()
      list() {
        return [];
      }
    }
    expect(await failure('Express', serverOf([CatsController]))).toContain(
      'Write @RecheckApiToken() on the class',
    );
  });

  it('RB02 is decided as the handler whose place it takes, though it is made of another: bound', async () => {
    @PolicyId('cat', { param: null })
    @Controller('cats')
    class CatsController extends Cats {
      constructor() {
        super();
        this.find = this.list.bind(this) as never;
      }
    }
    const server = await start('Express', [CatsController]);
    const secret = await issueSecret(server, blocked('cat', '42'));
    expect(await server.status('/cats/42', secret)).toBe(403);
    expect(await server.status('/cats/7', secret)).toBe(200);
  });

  it('RB16 stops the start where one function is two handlers that are declared differently', async () => {
    @PolicyId('cat', { param: null })
    @Controller('cats')
    class CatsController extends Cats {
      constructor() {
        super();
        this.find = this.list as never;
      }
    }
    expect(await failure('Express', serverOf([CatsController]))).toContain(
      'one function is the handler list and the handler find',
    );
  });

  it('RB16 starts where one function is two handlers that are declared alike', async () => {
    @PolicyId('cat')
    @Controller('cats')
    class CatsController {
      constructor() {
        this.other = this.list;
      }

      @Get()
      list() {
        return [];
      }

      @Get('other')
      other(): unknown {
        return [];
      }
    }
    const server = await start('Express', [CatsController]);
    const secret = await issueSecret(server, 'full-access');
    expect(await server.status('/cats', secret)).toBe(200);
    expect(await server.status('/cats/other', secret)).toBe(200);
    expect(await server.status('/cats/other')).toBe(401);
  });

  it('RB16 stops the start where a controller is a Proxy that makes a function each time', async () => {
    @PolicyId('cat', { param: null })
    @Controller('cats')
    class CatsController extends Cats {
      constructor() {
        super();
        return new Proxy(this, {
          get: (target, name) => {
            const member: unknown = Reflect.get(target, name, target);
            return typeof member === 'function' && name !== 'constructor' ? member.bind(target) : member;
          },
        });
      }
    }
    expect(await failure('Express', serverOf([CatsController]))).toContain(
      'another function under this name each time',
    );
    const server = await start('Express', [CatsController], { audit: 'warn' });
    const secret = await issueSecret(server, 'full-access');
    for (const token of [secret, undefined]) expect(await server.status('/cats/7', token)).toBe(403);
  });
});

describe('a handler that is replaced after the start', () => {
  @PolicyId('cat', { param: 'id' })
  @Controller('cats')
  class CatsController {
    @Get(':id')
    find(@Param('id', ParseIntPipe) id: number) {
      return { id };
    }

    @SkipApiTokenPolicy()
    @Get(':id/open')
    open() {
      return {};
    }

    @ApiTokenAccess(false)
    @Delete(':id')
    remove() {
      return {};
    }
  }

  it('RB01 is found by the mark that comes with its metadata', async () => {
    const server = await start('Express', [CatsController]);
    const guard = server.app.get(ApiTokenPolicyGuard);
    const secret = await issueSecret(server, blocked('cat', '42'));
    const ask = async (
      name: 'find' | 'open' | 'remove',
      wrapper: AnyFunction,
      id: string,
      token?: string,
    ) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const method = name === 'remove' ? 'DELETE' : 'GET';
      const request = { headers, method, params: { id }, routeOptions: { method }, raw: { method } };
      const response = { set: () => undefined, get: () => undefined, header: () => undefined };
      const args = [request, response];
      const context = {
        getType: () => 'http',
        getClass: () => CatsController,
        getHandler: () => wrapper,
        getArgs: () => args,
        getArgByIndex: (index: number) => args[index],
      } as unknown as ExecutionContext;
      try {
        return await guard.canActivate(context);
      } catch (error) {
        return (error as { status: number }).status;
      }
    };
    const wrapperOf = (name: 'find' | 'open' | 'remove', copies: boolean): AnyFunction => {
      const original = CatsController.prototype[name] as AnyFunction;
      const wrapper = (...args: never[]) => Reflect.apply(original, undefined, args);
      if (copies) copyMetadata(original, wrapper);
      return wrapper;
    };
    expect(await ask('find', wrapperOf('find', true), '7', secret)).toBe(true);
    expect(await ask('find', wrapperOf('find', true), '42', secret)).toBe(403);
    expect(await ask('find', wrapperOf('find', true), '042', secret)).toBe(400);
    expect(await ask('find', wrapperOf('find', true), '7')).toBe(401);
    expect(await ask('open', wrapperOf('open', true), '7')).toBe(true);
    expect(await ask('remove', wrapperOf('remove', true), '7', secret)).toBe(403);
    // Without the mark it is not known, whatever its name and its class say.
    for (const name of ['find', 'open', 'remove'] as const) {
      for (const token of [secret, undefined])
        expect(await ask(name, wrapperOf(name, false), '7', token)).toBe(403);
    }
    expect(server.events).toContainEqual(
      expect.objectContaining({ type: 'handler-rejected', reason: 'route-unknown', contextType: 'http' }),
    );
  });
});

describe('a controller of request scope that binds its handlers', () => {
  @PolicyId('cat', { param: 'id' })
  @Controller({ path: 'cats', scope: Scope.REQUEST })
  class CatsController {
    constructor() {
      this.find = this.find.bind(this);
    }

    @Get(':id')
    find(@Param('id', ParseIntPipe) id: number) {
      return { id };
    }
  }

  @Injectable({ scope: Scope.REQUEST })
  class OfRequest {
    constructor(@Inject(REQUEST) readonly request: unknown) {}
  }

  @PolicyId('dog', { param: 'id' })
  @Controller('dogs')
  class DogsController {
    constructor(@Inject(OfRequest) readonly dependency: OfRequest) {
      this.find = this.find.bind(this);
    }

    @Get(':id')
    find(@Param('id', ParseIntPipe) id: number) {
      return { id };
    }
  }

  it('RB06 is recognized on the instance of the request, and nothing is kept of it', async () => {
    const server = await startApplication('Express', {
      ...serverOf([CatsController, DogsController]),
      providers: [OfRequest, { provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }],
    });
    const secret = await issueSecret(server, {
      resources: { cat: { '42': { block: ['GET'] } }, dog: { '42': { block: ['GET'] } } },
    });
    for (const path of ['/cats', '/dogs']) {
      for (let sent = 0; sent < 3; sent += 1) {
        expect((await server.send('GET', `${path}/7`, bearer(secret))).status).toBe(200);
        expect((await server.send('GET', `${path}/42`, bearer(secret))).status).toBe(403);
        expect((await server.send('GET', `${path}/7`)).status).toBe(401);
      }
    }
  });

  it('RB06 warns where its guard is on its methods alone', async () => {
    @Controller({ path: 'cats', scope: Scope.REQUEST })
    class GuardedMethods {
      @UseGuards(ApiTokenPolicyGuard)
      @PolicyId('cat', { param: 'id' })
      @Get(':id')
      find(@Param('id', ParseIntPipe) id: number) {
        return { id };
      }
    }
    expect(await failure('Express', serverOf([GuardedMethods], { audit: 'strict' }, false))).toContain(
      'GuardedMethods.find (/cats/:id): its guard is on the method of a controller that is made for each request',
    );
    expect(await failure('Express', serverOf([GuardedMethods], {}, false))).toBe('started');
  });
});

describe('a decorator that is lost', () => {
  const decorators: [string, MethodDecorator][] = [
    ['@ApiTokenAccess()', ApiTokenAccess(false)],
    ['@PolicyId()', PolicyId('closed', { param: null })],
    ['@SkipApiTokenPolicy()', SkipApiTokenPolicy(false)],
    ['@RecheckApiToken()', RecheckApiToken()],
  ];

  it.each(decorators)(
    'RB04 stops the start where a decorator above has replaced the method: %s',
    async (name, decorator) => {
      @PolicyId('cat', { param: null })
      @Controller('cats')
      class CatsController {
        @Get()
        @Traced()
        @decorator
        list() {
          return [];
        }
      }
      expect(await failure('Express', serverOf([CatsController]))).toContain(
        `a decorator above ${name} has replaced the method by a function without its metadata`,
      );
    },
  );

  it.each(decorators)(
    'RB04 starts where the decorator copies the metadata, or stands below: %s',
    async (_, decorator) => {
      @PolicyId('cat', { param: null })
      @Controller('cats')
      class CatsController {
        @Get()
        @Traced(true)
        @decorator
        list() {
          return [];
        }

        @Get('other')
        @decorator
        @Traced()
        other() {
          return [];
        }
      }
      expect(await failure('Express', serverOf([CatsController]))).toBe('started');
    },
  );

  const overrides: [string, ClassDecorator, MethodDecorator][] = [
    ['@SkipApiTokenPolicy(false)', SkipApiTokenPolicy(), SkipApiTokenPolicy(false)],
    ['@ApiTokenAccess(false)', PolicyId('cat', { param: null }), ApiTokenAccess(false)],
    ['@PolicyId()', PolicyId('cat', { param: null }), PolicyId('dog', { param: null })],
    ['@RecheckApiToken()', PolicyId('cat', { param: null }), RecheckApiToken()],
  ];

  it.each(overrides)(
    'RB05 RB17 stops the start where an override has lost %s',
    async (name, onClass, onMethod) => {
      class Base {
        @onMethod
        @Get()
        list(): unknown {
          return [];
        }
      }
      @onClass
      @Controller('cats')
      class CatsController extends Base {
        @Get()
        override list() {
          return [];
        }
      }
      expect(await failure('Express', serverOf([CatsController]))).toContain(
        `it overrides a method that has ${name}`,
      );
    },
  );

  it.each(overrides)(
    'RB17 stops the start where the overridden method had lost it already: %s',
    async (name, onClass, onMethod) => {
      class Base {
        @Traced()
        @onMethod
        @Get()
        list(): unknown {
          return [];
        }
      }
      class Middle extends Base {}
      @onClass
      @Controller('cats')
      class CatsController extends Middle {
        @Get()
        override list() {
          return [];
        }
      }
      expect(await failure('Express', serverOf([CatsController]))).toContain(
        `it overrides a method that has ${name}`,
      );
    },
  );

  it('RB17 starts where what was lost would change nothing', async () => {
    class Base {
      @SkipApiTokenPolicy(false)
      @Get()
      list(): unknown {
        return [];
      }
    }
    @PolicyId('cat')
    @Controller('cats')
    class CatsController extends Base {
      @Get()
      override list() {
        return [];
      }
    }
    expect(await failure('Express', serverOf([CatsController]))).toBe('started');
  });
});

describe('a class that is guarded in part', () => {
  it('RB18 stops the start where an unguarded method has a decorator of API tokens', async () => {
    @Controller('cats')
    class CatsController {
      @UseGuards(ApiTokenPolicyGuard)
      @PolicyId('cat')
      @Get()
      list() {
        return [];
      }

      @ApiTokenAccess(false)
      @Get('closed')
      closed() {
        return [];
      }
    }
    expect(await failure('Express', serverOf([CatsController], {}, false))).toContain(
      'CatsController.closed (/cats/closed): it has a decorator of API tokens, but no policy guard',
    );
  });

  it('RB18 stops the start where a wrapper has lost @UseGuards(), and warns of what has no decorator', async () => {
    @Controller('cats')
    class CatsController {
      @UseGuards(ApiTokenPolicyGuard)
      @PolicyId('cat')
      @Get()
      list() {
        return [];
      }

      @PolicyId('cat', { param: null })
      @Get('lost')
      @Traced()
      @UseGuards(ApiTokenPolicyGuard)
      lost() {
        return [];
      }

      @Get('bare')
      bare() {
        return [];
      }
    }
    const message = await failure('Express', serverOf([CatsController], { audit: 'strict' }, false));
    expect(message).toContain('CatsController.lost (/cats/lost): it has a policy ID, but no policy guard');
    expect(message).toContain(
      'CatsController.bare (/cats/bare): the policy guard is not bound to it, so that everybody gets in, though it is bound to CatsController.list',
    );
  });
});
