import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  All,
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  type OnModuleInit,
  Param,
  ParseIntPipe,
  Scope,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { ContextIdFactory, LazyModuleLoader, REQUEST, RouterModule } from '@nestjs/core';
import { ClientProxyFactory, MessagePattern, Payload, Transport } from '@nestjs/microservices';
import {
  ApiTokenAccess,
  type ApiTokenContextAdapter,
  type ApiTokenEvent,
  ApiTokenEvents,
  ApiTokenPolicyGuard,
  PolicyId,
  SkipApiTokenPolicy,
  type TokenPolicy,
} from 'nestjs-api-token';
import { firstValueFrom } from 'rxjs';
import {
  bearer,
  createApplication,
  type RunningApplication,
  startApplication,
} from '../support/application.js';
import { blocked, withControllers } from '../support/controllers.js';
import { capturedLog } from '../support/log.js';
import { issueSecret } from '../support/review-server.js';
import { traced, traceEveryHandler } from '../support/wrapped-handlers.js';

const CAT_2 = blocked('cat', '2');

async function statuses(
  server: RunningApplication,
  policy: TokenPolicy | 'full-access',
  paths: readonly string[],
) {
  const secret = bearer(await issueSecret(server, policy));
  const found: Record<string, number[]> = {};
  for (const path of paths) {
    found[path] = [(await server.send('GET', path, secret)).status, (await server.send('GET', path)).status];
  }
  return found;
}

/** A mixin: a class for each call, whose handlers are bound. */
function boundMixin(path: string, policyId: string, change: (controller: object) => void = bindFind): Type {
  @PolicyId(policyId)
  @Controller(path)
  class MixinController {
    constructor() {
      change(this);
    }

    @Get(':id')
    find(@Param('id', ParseIntPipe) id: number) {
      return { id };
    }
  }
  return MixinController;
}

function bindFind(controller: object): void {
  const { find } = controller as { find: () => object };
  Object.assign(controller, { find: find.bind(controller) });
}

describe('unusual controllers', () => {
  afterEach(() => ContextIdFactory.apply(undefined as never));

  describe.each([false, true])('traced: %s', (isTraced) => {
    beforeEach(() => {
      if (isTraced) traceEveryHandler();
    });

    it('RB02 in two modules, with an instance in each', async () => {
      const controller = boundMixin('cats', 'cat');
      @Module({ controllers: [controller] })
      class FirstModule {}
      @Module({ controllers: [controller] })
      class SecondModule {}
      const metadata = withControllers([]);
      const first = RouterModule.register([{ path: 'first', module: FirstModule }]);
      const imports = [...metadata.imports!, FirstModule, SecondModule, first];
      const server = await startApplication('Express', { ...metadata, imports });
      expect(await statuses(server, CAT_2, ['/cats/1', '/cats/2', '/first/cats/1', '/first/cats/2'])).toEqual(
        {
          '/cats/1': [200, 401],
          '/cats/2': [403, 401],
          '/first/cats/1': [200, 401],
          '/first/cats/2': [403, 401],
        },
      );
    });

    it('RB02 mixins whose classes have one name', async () => {
      const server = await startApplication(
        'Express',
        withControllers([boundMixin('cats', 'cat'), boundMixin('dogs', 'dog')]),
      );
      expect(await statuses(server, CAT_2, ['/cats/1', '/cats/2', '/dogs/2'])).toEqual({
        '/cats/1': [200, 401],
        '/cats/2': [403, 401],
        '/dogs/2': [200, 401],
      });
    });

    it('RB02 that freeze themselves and have private methods', async () => {
      @PolicyId('cat')
      @Controller('cats')
      class CatsController {
        constructor() {
          this.find = this.find.bind(this);
          Object.freeze(this);
        }

        @Get(':id')
        find(@Param('id', ParseIntPipe) id: number) {
          return this.#cat(id);
        }

        #cat(id: number) {
          return { id };
        }
      }
      const server = await startApplication('Express', withControllers([CatsController]));
      expect(await statuses(server, CAT_2, ['/cats/1', '/cats/2'])).toEqual({
        '/cats/1': [200, 401],
        '/cats/2': [403, 401],
      });
    });

    it('RB02 @All() that is bound', async () => {
      @PolicyId('cat')
      @Controller('cats')
      class CatsController {
        constructor() {
          this.any = this.any.bind(this);
        }

        @All(':id')
        any(@Param('id', ParseIntPipe) id: number) {
          return { id };
        }
      }
      const server = await startApplication('Express', withControllers([CatsController]));
      const secret = bearer(
        await issueSecret(server, { resources: { cat: { '2': { block: ['DELETE'] } } } }),
      );
      expect((await server.send('DELETE', '/cats/1', secret)).status).toBe(200);
      expect((await server.send('DELETE', '/cats/2', secret)).status).toBe(403);
      expect((await server.send('PATCH', '/cats/2', secret)).status).toBe(200);
      expect((await server.send('DELETE', '/cats/1')).status).toBe(401);
    });

    it('RB02 that put a function in the place of another after they were routed', async () => {
      @PolicyId('cat', { param: null })
      @Controller('cats')
      class CatsController implements OnModuleInit {
        constructor() {
          this.find = this.find.bind(this);
        }

        onModuleInit() {
          const { find } = this;
          this.find = find.bind(this);
        }

        @PolicyId('cat', { param: 'id', canonical: 'int' })
        @Get(':id')
        find() {
          return { handler: 'find' };
        }
      }
      const server = await startApplication('Express', withControllers([CatsController]));
      const expected = { '/cats/1': [200, 401], '/cats/2': [403, 401] };
      expect(await statuses(server, CAT_2, ['/cats/1', '/cats/2'])).toEqual(expected);
      const controller = server.app.get(CatsController);
      controller.find = () => ({ handler: 'other' });
      expect(await statuses(server, CAT_2, ['/cats/1', '/cats/2'])).toEqual(expected);
    });

    it('RB16 never authorize a function that was routed under one name by another', async () => {
      @PolicyId('cat', { param: null })
      @Controller('cats')
      class CatsController implements OnModuleInit {
        constructor() {
          this.find = this.find.bind(this);
        }

        onModuleInit() {
          const routed = this.find;
          this.find = () => ({ handler: 'other' });
          this.list = routed;
        }

        @SkipApiTokenPolicy()
        @Get()
        list() {
          return { handler: 'list' };
        }

        @PolicyId('cat', { param: 'id', canonical: 'int' })
        @Get(':id')
        find() {
          return { handler: 'find' };
        }
      }
      const app = await createApplication('Express', withControllers([CatsController]));
      await expect(app.init()).rejects.toMatchObject({
        findings: [{ code: 'HANDLER_AMBIGUOUS' }, { code: 'HANDLER_AMBIGUOUS' }],
      });
      const server = await startApplication('Express', withControllers([CatsController], { audit: 'warn' }));
      expect(await statuses(server, CAT_2, ['/cats/2'])).toEqual({ '/cats/2': [403, 401] });
    });

    it('RB01 that wrap one handler for the place of another, with its metadata', async () => {
      @PolicyId('cat')
      @Controller('cats')
      class CatsController {
        constructor() {
          this.find = traced(this.list) as never;
        }

        @Get()
        list() {
          return { handler: 'list' };
        }

        @Get(':id')
        find(@Param('id', ParseIntPipe) id: number): object {
          return { id };
        }
      }
      const server = await startApplication('Express', withControllers([CatsController], { audit: 'warn' }));
      const found = await statuses(server, blocked('cat', '*'), ['/cats', '/cats/2']);
      for (const [withToken, without] of Object.values(found)) {
        expect(withToken).toBe(403);
        expect([401, 403]).toContain(without);
      }
    });

    it('RB16 whose one function is two handlers that are declared alike', async () => {
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
      const server = await startApplication('Express', withControllers([CatsController]));
      expect(await statuses(server, 'full-access', ['/cats', '/cats/other'])).toEqual({
        '/cats': [200, 401],
        '/cats/other': [200, 401],
      });
    });

    it('RB06 that are durable, with an instance for each tenant', async () => {
      const tenants = new Map<unknown, { id: number }>();
      ContextIdFactory.apply({
        attach(contextId, request: { headers: Record<string, string> }) {
          const tenant = request.headers['x-tenant'];
          const parent = tenants.get(tenant) ?? ContextIdFactory.create();
          tenants.set(tenant, parent);
          return {
            resolve: ({ isTreeDurable }) => (isTreeDurable ? parent : contextId),
            payload: { tenant },
          };
        },
      });
      let made = 0;
      @Injectable({ scope: Scope.REQUEST, durable: true })
      class Tenant {
        constructor(@Inject(REQUEST) readonly payload: unknown) {}
      }
      @PolicyId('cat')
      @Controller('cats')
      class CatsController {
        constructor(@Inject(Tenant) readonly tenant: Tenant) {
          made += 1;
          if (!isTraced) this.find = this.find.bind(this);
        }

        @Get(':id')
        find(@Param('id', ParseIntPipe) id: number) {
          return { id };
        }
      }
      const metadata = withControllers([CatsController]);
      const server = await startApplication('Express', {
        ...metadata,
        providers: [...metadata.providers!, Tenant],
      });
      const secret = bearer(await issueSecret(server, CAT_2));
      for (const tenant of ['one', 'other', 'one']) {
        const headers = ['X-Tenant', tenant];
        expect((await server.send('GET', '/cats/1', [...headers, ...secret])).status).toBe(200);
        expect((await server.send('GET', '/cats/2', [...headers, ...secret])).status).toBe(403);
        expect((await server.send('GET', '/cats/1', headers)).status).toBe(401);
      }
      expect(made).toBeLessThanOrEqual(3);
    });

    it('RB03 in two applications that have other options', async () => {
      const controller = boundMixin('cats', 'cat');
      const open = await startApplication('Express', withControllers([controller]));
      const closed = await startApplication(
        'Express',
        withControllers([controller], { policies: { defaultTokenAccess: false } }),
      );
      expect(await statuses(open, CAT_2, ['/cats/1', '/cats/2'])).toEqual({
        '/cats/1': [200, 401],
        '/cats/2': [403, 401],
      });
      expect(await statuses(closed, 'full-access', ['/cats/1'])).toEqual({ '/cats/1': [403, 401] });
      expect(await statuses(open, 'full-access', ['/cats/2'])).toEqual({ '/cats/2': [200, 401] });
    });
  });

  it('RB16 with a getter that makes a function each time stop the start', async () => {
    const controller = boundMixin('cats', 'cat', (instance) => {
      const { find } = instance as { find: () => object };
      Object.defineProperty(instance, 'find', { get: () => find.bind(instance) });
    });
    const app = await createApplication('Express', withControllers([controller]));
    await expect(app.init()).rejects.toMatchObject({ findings: [{ code: 'HANDLER_REPLACED' }] });
    const server = await startApplication('Express', withControllers([controller], { audit: 'warn' }));
    expect(await statuses(server, 'full-access', ['/cats/1'])).toEqual({ '/cats/1': [403, 403] });
  });

  it('RB16 with a getter that fails after the start stay closed', async () => {
    const controller = boundMixin('cats', 'cat', (instance) => {
      const { find } = instance as { find: () => object };
      let reads = 0;
      Object.defineProperty(instance, 'find', {
        get() {
          reads += 1;
          if (reads > 3) throw new Error('no more');
          return find.bind(instance);
        },
      });
    });
    const outcome = await startApplication('Express', withControllers([controller], { audit: 'warn' })).then(
      async (server) => (await server.send('GET', '/cats/1')).status,
      () => 'it has not started',
    );
    expect(outcome).not.toBe(200);
  });

  it('RB04 with a class decorator that returns a class whose override lost a decorator stop the start', async () => {
    function Overriding<T extends Type<{ list(): object }>>(Base: T): T {
      class Overridden extends (Base as Type<{ list(): object }>) {
        @Get()
        override list() {
          return super.list();
        }
      }
      Object.defineProperty(Overridden, 'name', { value: Base.name });
      return Overridden as unknown as T;
    }
    @Overriding
    @PolicyId('cat')
    @Controller('cats')
    class CatsController {
      @ApiTokenAccess(false)
      @Get()
      list(): object {
        return {};
      }
    }
    const app = await createApplication('Express', withControllers([CatsController]));
    await expect(app.init()).rejects.toMatchObject({
      findings: [expect.objectContaining({ code: 'OVERRIDE_LOST_DECORATOR' })],
    });
    const server = await startApplication('Express', withControllers([CatsController], { audit: 'warn' }));
    expect(await statuses(server, 'full-access', ['/cats'])).toEqual({ '/cats': [403, expect.any(Number)] });
  });

  it('RB16 have no routes for what Nest does not see: symbols, and descriptors with a getter', async () => {
    const name = Symbol('list');
    const Getter: MethodDecorator = (_target, _name, { value }) => ({ get: () => value }) as never;
    @PolicyId('cat')
    @Controller('cats')
    class CatsController {
      @Get('symbol')
      [name]() {
        return {};
      }

      @Getter
      @Get('getter')
      getter() {
        return {};
      }

      @Get()
      list() {
        return [];
      }
    }
    const server = await startApplication('Express', withControllers([CatsController]));
    expect(await statuses(server, 'full-access', ['/cats', '/cats/symbol', '/cats/getter'])).toEqual({
      '/cats': [200, 401],
      '/cats/symbol': [404, 404],
      '/cats/getter': [404, 404],
    });
  });

  it('RB16 that are not recognized emit an event for each request, and log a line a second', async () => {
    traceEveryHandler(false);
    const log = capturedLog();
    const server = await startApplication('Express', withControllers([boundMixin('cats', 'cat')]));
    const secret = bearer(await issueSecret(server, 'full-access'));
    const events: ApiTokenEvent[] = [];
    server.app.get(ApiTokenEvents).subscribe((event) => events.push(event));
    for (let sent = 0; sent < 50; sent += 1) {
      expect((await server.send('GET', '/cats/1', sent % 2 === 0 ? secret : [])).status).toBe(403);
    }
    const rejected = events.filter(({ type }) => type === 'handler-rejected');
    expect(rejected).toHaveLength(50);
    expect(rejected[0]).toMatchObject({
      reason: 'route-unknown',
      handler: 'MixinController.bound find',
      contextType: 'http',
    });
    const [first, ...others] = log.error;
    expect(first).toContain('A request for MixinController.bound find was rejected');
    expect(first).toContain('do not bind its handlers in the constructor');
    // Neither helps: an entry for HTTP stops the start, and skipIf is asked of known handlers only.
    expect(first).not.toMatch(/contexts:|skipIf/);
    expect(others.every((line) => line.includes('more in the last second'))).toBe(true);
  });

  it('RB16 of a module that is loaded later have no routes, and change none', async () => {
    const server = await startApplication('Express', withControllers([boundMixin('cats', 'cat')]));
    @Module({ controllers: [boundMixin('dogs', 'dog')] })
    class LaterModule {}
    await server.app.get(LazyModuleLoader).load(() => LaterModule);
    expect(await statuses(server, CAT_2, ['/cats/1', '/cats/2', '/dogs/1'])).toEqual({
      '/cats/1': [200, 401],
      '/cats/2': [403, 401],
      '/dogs/1': [404, 404],
    });
  });
});

interface Message {
  readonly id: string;
  readonly token?: string;
}

const TCP: ApiTokenContextAdapter = {
  read: (context) => {
    const { id, token } = context.switchToRpc().getData<Message>();
    return { headers: { authorization: `Bearer ${token ?? ''}` }, method: 'GET', params: { id } };
  },
  carrier: (context) => context.switchToRpc().getContext(),
};

describe('message handlers that their constructor replaced', () => {
  type Change = (controller: { find(message: Message): object; open(): object }) => void;

  function messages(change: Change, scope: Scope): Type {
    @SkipApiTokenPolicy()
    @UseGuards(ApiTokenPolicyGuard)
    @Controller({ scope })
    class CatMessages {
      constructor() {
        change(this);
      }

      @SkipApiTokenPolicy(false)
      @PolicyId('cat', { param: 'id', canonical: 'exact' })
      @MessagePattern('cats.find')
      find(@Payload() message: Message) {
        return { id: message.id };
      }

      @MessagePattern('cats.open')
      open() {
        return { open: true };
      }
    }
    return CatMessages;
  }

  async function answers(controller: Type): Promise<Record<string, unknown>> {
    const app = await createApplication(
      'Express',
      withControllers([controller], { requests: { contexts: { rpc: TCP } } }),
    );
    const port = await freePort();
    const tcp = { transport: Transport.TCP, options: { host: '127.0.0.1', port } } as const;
    app.connectMicroservice(tcp);
    await app.startAllMicroservices();
    await app.init();
    const token = await issueSecret({ app } as RunningApplication, CAT_2);
    const client = ClientProxyFactory.create(tcp);
    const ask = (pattern: string, message: Message) =>
      firstValueFrom(client.send<unknown>(pattern, message)).catch(() => 'rejected');
    try {
      return {
        allowed: await ask('cats.find', { id: '1', token }),
        blocked: await ask('cats.find', { id: '2', token }),
        without: await ask('cats.find', { id: '1' }),
        open: await ask('cats.open', { id: '1' }),
      };
    } finally {
      await client.close();
    }
  }

  const DECLARED = { allowed: { id: '1' }, blocked: 'rejected', without: 'rejected', open: { open: true } };
  const bind: Change = (controller) => {
    controller.find = controller.find.bind(controller);
    controller.open = controller.open.bind(controller);
  };

  it('RB02 are authorized as declared where they are bound', async () => {
    expect(await answers(messages(bind, Scope.DEFAULT))).toEqual(DECLARED);
  });

  it('RB02 are authorized as declared where Nest makes them for each message', async () => {
    expect(await answers(messages(() => undefined, Scope.REQUEST))).toEqual(DECLARED);
  });

  it('RB16 are rejected where each message has functions of its own', async () => {
    // Of the instance that Nest makes for a message nothing is left on what the guard gets.
    const rejected = { allowed: 'rejected', blocked: 'rejected', without: 'rejected', open: 'rejected' };
    expect(await answers(messages(bind, Scope.REQUEST))).toEqual(rejected);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
