import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Scope, type Type, UseGuards } from '@nestjs/common';
import {
  type ClientProxy,
  ClientProxyFactory,
  MessagePattern,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { RpcContextCreator } from '@nestjs/microservices/context/rpc-context-creator.js';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  type ApiTokenContextAdapter,
  ApiTokenPolicyGuard,
  PolicyId,
  SkipApiTokenPolicy,
} from 'nestjs-api-token';
import { firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { type Platform, startApplication } from '../support/application.js';
import { blocked } from '../support/controllers.js';
import { issueSecret, reviewServer } from '../support/review-server.js';
import { traced } from '../support/wrapped-handlers.js';

interface Message {
  readonly id?: string;
  readonly token?: string;
  /** What a sender might say of the handler that it wants to be taken for. */
  readonly handler?: string;
}

const ADAPTER: ApiTokenContextAdapter = {
  read(context) {
    const message = context.getArgByIndex<Message>(context.getType() === 'ws' ? 1 : 0);
    return {
      headers: { authorization: `Bearer ${message.token ?? ''}` },
      method: 'GET',
      params: { id: message.id },
    };
  },
  carrier: (context) => context.getArgByIndex<object>(context.getType() === 'ws' ? 0 : 1),
};

const BINDINGS = ['prototype', 'bound', 'wrapped'] as const;
type Binding = (typeof BINDINGS)[number];
type Handlers = Record<'find' | 'ping', (...args: never[]) => unknown>;

function replaceHandlers(handlers: Handlers, binding: Binding): void {
  if (binding === 'prototype') return;
  for (const name of ['find', 'ping'] as const) {
    const bound = handlers[name].bind(handlers);
    handlers[name] = binding === 'bound' ? bound : (traced(bound as never, false) as Handlers['find']);
  }
}

const { prototype } = RpcContextCreator;
const create = prototype.create;

/** As tracing might do it, had it messages in mind. */
function traceEveryMessageHandler(): void {
  prototype.create = function (this: RpcContextCreator, ...args: Parameters<typeof create>) {
    args[1] = traced(args[1] as never) as never;
    return create.apply(this, args);
  } as typeof create;
}

let received: string[] = [];
const clients: ClientProxy[] = [];
afterEach(async () => {
  received = [];
  prototype.create = create;
  for (const client of clients.splice(0)) await client.close();
});

function catMessages(binding: Binding, scope: Scope = Scope.DEFAULT): Type {
  @UseGuards(ApiTokenPolicyGuard)
  @SkipApiTokenPolicy()
  @Controller({ scope })
  class CatMessages {
    constructor() {
      replaceHandlers(this, binding);
    }

    @SkipApiTokenPolicy(false)
    @PolicyId('cat', { param: 'id' })
    @MessagePattern('cats.find')
    find(@Payload() { id }: Message) {
      received.push(`find ${id}`);
      return { id };
    }

    @MessagePattern('cats.ping')
    ping() {
      received.push('ping');
      return {};
    }
  }
  return CatMessages;
}

function catGateway(binding: Binding): Type {
  @UseGuards(ApiTokenPolicyGuard)
  @SkipApiTokenPolicy()
  @WebSocketGateway()
  class CatGateway {
    constructor() {
      replaceHandlers(this, binding);
    }

    @SkipApiTokenPolicy(false)
    @PolicyId('cat', { param: 'id' })
    @SubscribeMessage('cats.find')
    find(@MessageBody() { id }: Message) {
      received.push(`find ${id}`);
      return { event: 'cat', data: { id } };
    }

    @SubscribeMessage('cats.ping')
    ping() {
      received.push('ping');
      return { event: 'pong', data: {} };
    }
  }
  return CatGateway;
}

async function startWithMessages(platform: Platform, controller: Type, isStartedFirst = false) {
  const port = await freePort();
  let early: Promise<unknown> = Promise.resolve();
  const server = await startApplication(
    platform,
    { ...reviewServer({ requests: { contexts: { rpc: ADAPTER } } }), controllers: [controller] },
    (app) => {
      app.connectMicroservice({ transport: Transport.TCP, options: { port, host: '127.0.0.1' } });
      if (isStartedFirst) early = app.startAllMicroservices();
    },
  );
  await early;
  if (!isStartedFirst) await server.app.startAllMicroservices();
  const client = ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { port, host: '127.0.0.1' },
  });
  clients.push(client);
  const secret = await issueSecret(server, blocked('cat', '2'));
  return {
    send: async (pattern: string, message: Message) => {
      await firstValueFrom(client.send<unknown>(pattern, message)).catch(() => undefined);
      return received.splice(0);
    },
    secret,
  };
}

describe('message handlers that something replaced', () => {
  it.each(BINDINGS)('RB02 RB03: of a microservice are authorized as declared: %s', async (binding) => {
    const { send, secret } = await startWithMessages('Express', catMessages(binding));
    expect(await send('cats.find', { id: '1', token: secret })).toEqual(['find 1']);
    expect(await send('cats.find', { id: '2', token: secret })).toEqual([]);
    expect(await send('cats.find', { id: '1' })).toEqual([]);
    expect(await send('cats.find', { id: '1', handler: 'ping' })).toEqual([]);
    expect(await send('cats.ping', {})).toEqual(['ping']);
  });

  it.each(BINDINGS)('RB02: also where it was started before the application: %s', async (binding) => {
    const { send, secret } = await startWithMessages('Express', catMessages(binding), true);
    expect(await send('cats.find', { id: '1', token: secret })).toEqual(['find 1']);
    expect(await send('cats.find', { id: '1' })).toEqual([]);
    expect(await send('cats.ping', {})).toEqual(['ping']);
  });

  it('RB01: of a microservice that is traced are authorized as declared, also where it was started first', async () => {
    traceEveryMessageHandler();
    for (const isStartedFirst of [false, true]) {
      const { send, secret } = await startWithMessages('Express', catMessages('prototype'), isStartedFirst);
      expect(await send('cats.find', { id: '1', token: secret })).toEqual(['find 1']);
      expect(await send('cats.find', { id: '1' })).toEqual([]);
      expect(await send('cats.ping', {})).toEqual(['ping']);
    }
  });

  it('RB16: of request scope are authorized as declared, and denied where they are bound', async () => {
    const plain = await startWithMessages('Express', catMessages('prototype', Scope.REQUEST));
    expect(await plain.send('cats.find', { id: '1', token: plain.secret })).toEqual(['find 1']);
    expect(await plain.send('cats.find', { id: '1' })).toEqual([]);
    expect(await plain.send('cats.ping', {})).toEqual(['ping']);
    const bound = await startWithMessages('Express', catMessages('bound', Scope.REQUEST));
    expect(await bound.send('cats.find', { id: '1', token: bound.secret })).toEqual([]);
    expect(await bound.send('cats.ping', {})).toEqual([]);
  });

  it.each(BINDINGS)('RB02 RB03: of a gateway are authorized as declared: %s', async (binding) => {
    const server = await startApplication(
      'Express',
      {
        ...reviewServer({ requests: { contexts: { ws: ADAPTER } } }),
        providers: [...reviewServer().providers!, catGateway(binding)],
      },
      (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    );
    const secret = await issueSecret(server, blocked('cat', '2'));
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}`);
    try {
      await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
      const send = (event: string, data: Message) => socket.send(JSON.stringify({ event, data }));
      const pong = new Promise((resolve) =>
        socket.on('message', (reply) => String(reply).includes('pong') && resolve(undefined)),
      );
      send('cats.find', { id: '1' });
      send('cats.find', { id: '2', token: secret });
      send('cats.find', { id: '1', token: secret });
      send('cats.ping', {});
      await pong;
      expect(received).toEqual(['find 1', 'ping']);
    } finally {
      socket.close();
    }
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
