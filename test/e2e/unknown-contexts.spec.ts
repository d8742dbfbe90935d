import { describe, expect, it } from '@jest/globals';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Injectable,
  Module,
  type OnModuleInit,
  Post,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, ExternalContextCreator, ModuleRef, NestFactory } from '@nestjs/core';
import {
  type ApiToken,
  type ApiTokenEvent,
  ApiTokenEvents,
  type ApiTokenContexts,
  ApiTokenModule,
  ApiTokenPolicyCatalog,
  ApiTokenPolicyGuard,
  CurrentApiToken,
  InMemoryApiTokenStore,
  PolicyId,
  SkipApiTokenPolicy,
} from 'nestjs-api-token';
import { createApplication, type Platform, startApplication } from '../support/application.js';
import { capturedLog } from '../support/log.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

interface Webhook {
  readonly id?: string;
  readonly token?: string;
}

type Call = (...args: unknown[]) => Promise<unknown>;

let received: string[] = [];

@Injectable()
class Payments {
  @PolicyId('payment', { param: 'id', canonical: 'exact' })
  paid(webhook: Webhook, token?: ApiToken): string {
    received.push(`paid ${webhook.id}`);
    return token?.ownerId ?? 'nobody';
  }

  @SkipApiTokenPolicy()
  ping(): string {
    received.push('ping');
    return 'pong';
  }
}
// As a library's own parameter decorators have it.
const LIBRARY_ARGUMENTS = '__stripe_webhook_arguments__';
CurrentApiToken()(Payments.prototype, 'paid', 1);
const OWN = '__routeArguments__';
Reflect.defineMetadata(
  LIBRARY_ARGUMENTS,
  {
    ...(Reflect.getMetadata(OWN, Payments, 'paid') as object),
    '0:0': { index: 0, data: undefined, pipes: [] },
  },
  Payments,
  'paid',
);
Reflect.deleteMetadata(OWN, Payments, 'paid');

interface Library {
  readonly type: string;
  readonly guards?: boolean;
  /** The name of the method that Nest is asked to call. */
  readonly methods?: readonly string[];
}

/** As libraries of webhooks do it: a route of their own takes the message, and providers are called with it. */
function library({ type, guards = true, methods = ['paid', 'ping'] }: Library, handlers: Type = Payments) {
  const calls = new Map<string, Call>();
  @Injectable()
  class Explorer implements OnModuleInit {
    constructor(
      private readonly creator: ExternalContextCreator,
      private readonly moduleRef: ModuleRef,
    ) {}

    onModuleInit(): void {
      const instance: Record<string, Call> = this.moduleRef.get(handlers, { strict: false });
      for (const name of methods) {
        const call = this.creator.create(
          instance,
          instance[name]!,
          name,
          LIBRARY_ARGUMENTS,
          { exchangeKeyForValue: (_: unknown, __: unknown, args: unknown[]) => args[0] },
          undefined,
          undefined,
          { guards, filters: true, interceptors: true },
          type,
        );
        calls.set(name, call as Call);
      }
    }
  }

  @SkipApiTokenPolicy()
  @Controller('webhooks')
  class WebhookController {
    @Post()
    take(@Body() { method, webhook }: { method: string; webhook: Webhook }): Promise<unknown> {
      return calls.get(method)!(webhook);
    }
  }
  return { providers: [handlers, Explorer], controllers: [WebhookController], calls };
}

const ADAPTER = {
  read: (context: ExecutionContext) => {
    const { token, ...params } = context.getArgByIndex<Webhook>(0);
    return { headers: { authorization: `Bearer ${token}` }, method: 'POST', params };
  },
  carrier: (context: ExecutionContext) => context.getArgByIndex<object>(0),
};

type Overrides = Parameters<typeof reviewServer>[0];

function metadataOf(what: Library, overrides: Overrides, handlers?: Type) {
  received = [];
  const { calls, controllers, providers } = library(what, handlers);
  const metadata = reviewServer(overrides);
  return { calls, metadata: { ...metadata, controllers, providers: [...metadata.providers!, ...providers] } };
}

async function start(
  platform: Platform,
  contexts?: ApiTokenContexts,
  what: Library = { type: 'stripe_webhook' },
) {
  const { calls, metadata } = metadataOf(what, { ...(contexts && { requests: { contexts } }) });
  const server = await startApplication(platform, metadata);
  const events: ApiTokenEvent[] = [];
  server.app.get(ApiTokenEvents).subscribe((event) => void events.push(event));
  return {
    ...server,
    events,
    call: (method: string, webhook: Webhook = {}) => calls.get(method)!(webhook),
    post: (method: string) =>
      server.send('POST', '/webhooks', ['Content-Type', 'application/json'], { method, webhook: {} }),
  };
}

describe('contexts of other libraries', () => {
  it('RC07: are named at start, with what to write', async () => {
    const log = capturedLog();
    const { app } = await start('Express');
    expect(log.warn).toEqual([
      expect.stringMatching(/^Payments\.paid \(stripe_webhook\): .*contexts: \{ stripe_webhook: \.\.\. \}/),
    ]);
    expect(log.log.join()).toMatch(/stripe_webhook +denied|stripe_webhook.*Payments\.paid/);
    expect(app.get(ApiTokenPolicyCatalog).policyIds).toContain('payment');
  });

  it('RC07: are named in a denial, in the log and in the event', async () => {
    const log = capturedLog();
    const { call, post, events } = await start('Express');
    await expect(call('paid')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('"stripe_webhook"'),
    });
    for (let times = 0; times < 5; times += 1) {
      expect(await post('paid')).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED' } });
    }
    expect(log.error).toEqual([
      expect.stringMatching(/Payments\.paid .*contexts: \{ stripe_webhook: \.\.\. \}/),
    ]);
    expect(events[0]).toMatchObject({
      type: 'handler-rejected',
      reason: 'context-unsupported',
      handler: 'Payments.paid',
      contextType: 'stripe_webhook',
    });
    expect(received).toEqual([]);
  });

  it('RC07: are denied without a word where that is written, and pass where they are skipped', async () => {
    const log = capturedLog();
    const denied = await start('Express', { stripe_webhook: 'deny' });
    await expect(denied.call('paid')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const skipped = await start('Express', { stripe_webhook: 'skip' });
    expect(await skipped.call('paid', { id: '1' })).toBe('nobody');
    expect([...log.warn, ...log.error]).toEqual([]);
    expect(received).toEqual(['paid 1']);
  });

  it('RC04: a handler that is marked is skipped there too', async () => {
    for (const contexts of [undefined, { stripe_webhook: 'deny' }] as const) {
      const { call } = await start('Express', contexts);
      expect(await call('ping')).toBe('pong');
    }
  });

  it('RC01: are read by an adapter, and the handler is given the token', async () => {
    const { call, ...server } = await start('Express', { stripe_webhook: ADAPTER });
    const token = await issueSecret(server, { resources: { payment: { '2': { block: ['*'] } } } });
    expect(await call('paid', { id: '1', token })).toBe('grumpy');
    await expect(call('paid', { id: '2', token })).rejects.toMatchObject({ status: 403 });
    await expect(call('paid', { id: '1' })).rejects.toMatchObject({ status: 401 });
    expect(received).toEqual(['paid 1']);
  });

  it.each(['rmq', 'necord', 'x-y z', 'constructor', '__proto__'])('RC07: also %s', async (type) => {
    const log = capturedLog();
    const { call } = await start('Express', undefined, { type });
    expect(log.warn.join()).toContain(`Payments.paid (${type})`);
    await expect(call('paid')).rejects.toMatchObject({
      message: expect.stringContaining(JSON.stringify(type)),
    });
    expect(log.error.join()).toContain(type);
  });

  it('RC07: a handler that no guard runs for, but that is decorated, stops the start', async () => {
    const { metadata } = metadataOf({ type: 'stripe_webhook', guards: false }, {});
    const app = await createApplication('Express', metadata);
    await expect(app.init()).rejects.toMatchObject({
      findings: [{ code: 'GUARDS_NOT_RUN', handler: 'Payments.paid (stripe_webhook)' }],
    });
  });

  it('RC07: a handler without decorators that no guard runs for is nothing to report', async () => {
    @Injectable()
    class Plain {
      plain(): string {
        return 'plain';
      }
    }
    const log = capturedLog();
    const { calls, metadata } = metadataOf(
      { type: 'stripe_webhook', guards: false, methods: ['plain'] },
      {},
      Plain,
    );
    await startApplication('Express', metadata);
    expect(await calls.get('plain')!({})).toBe('plain');
    expect(log.warn).toEqual([]);
  });

  it('RC07: what is called that is no method of a class is denied all the same', async () => {
    const { app } = await start('Express');
    const creator = app.get(ExternalContextCreator, { strict: false });
    const host = {};
    const call = creator.create(
      host,
      () => received.push('bare'),
      'bare',
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      'bot',
    );
    await expect((call as Call)()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(received).toEqual([]);
  });
});

describe('contexts of other libraries without a server', () => {
  it('RC07: are named at start', async () => {
    const log = capturedLog();
    const { providers } = library({ type: 'rmq' });
    @Module({
      imports: [ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token: { prefix: 'acme' } })],
      providers: [...providers, { provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }],
    })
    class Consumer {}
    const app = await NestFactory.createApplicationContext(Consumer, { abortOnError: false });
    expect(log.warn.join()).toContain('Payments.paid (rmq)');
    await app.close();
  });

  it('RC07: are the business of their own guards where ours is not bound', async () => {
    class Open implements CanActivate {
      canActivate(): boolean {
        return true;
      }
    }
    @UseGuards(Open)
    @Injectable()
    class Bot {
      hear(): string {
        return 'heard';
      }
    }
    const log = capturedLog();
    const { calls, providers } = library({ type: 'necord', methods: ['hear'] }, Bot);
    @Module({
      imports: [ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token: { prefix: 'acme' } })],
      providers,
    })
    class Bots {}
    const app = await NestFactory.createApplicationContext(Bots, { abortOnError: false });
    expect(await calls.get('hear')!({})).toBe('heard');
    expect(log.error).toEqual([]);
    await app.close();
  });
});
