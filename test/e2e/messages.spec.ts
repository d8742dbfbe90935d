import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  type Type,
  UseGuards,
} from '@nestjs/common';
import {
  type ClientProxy,
  ClientProxyFactory,
  MessagePattern,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  type ApiTokenContextAdapter,
  type ApiTokenContexts,
  ApiTokenPolicyCatalog,
  ApiTokenPolicyGuard,
  PolicyId,
  SkipApiTokenPolicy,
} from 'nestjs-api-token';
import { firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { bearer, createApplication, type Platform, startApplication } from '../support/application.js';
import { capturedLog } from '../support/log.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

/** A message as its sender wrote it. */
interface Message {
  readonly id?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const ADAPTER: ApiTokenContextAdapter = {
  read(context: ExecutionContext) {
    const message = context.getArgByIndex<Message>(context.getType() === 'ws' ? 1 : 0);
    return {
      headers: { authorization: `Bearer ${message.token ?? ''}` },
      method: 'GET',
      params: { id: message.id },
    };
  },
  carrier: (context) => context.getArgByIndex(context.getType() === 'ws' ? 0 : 1),
};

/** What a client gets that is rejected. Before Nest 12 it gets nothing at all. */
const DENIED = { event: 'exception' };

let received: string[] = [];

@Controller()
class CatMessages {
  @PolicyId('cat', { param: 'id' })
  @MessagePattern('cats.find')
  find(@Payload() { id }: Message) {
    received.push(`rpc ${id}`);
    return { id };
  }
}

@WebSocketGateway()
class CatGateway {
  @PolicyId('cat', { param: 'id' })
  @SubscribeMessage('cats.find')
  find(@MessageBody() { id }: Message) {
    received.push(`ws ${id}`);
    return { event: 'cat', data: { id } };
  }
}

const clients: ClientProxy[] = [];
afterEach(async () => {
  received = [];
  for (const client of clients.splice(0)) await client.close();
});

async function hybrid(
  platform: Platform,
  inheritAppConfig: boolean,
  contexts: ApiTokenContexts = {},
  controller: Type = CatMessages,
) {
  const port = await freePort();
  const server = await startApplication(
    platform,
    { ...reviewServer({ requests: { contexts } }), controllers: [controller] },
    (app) => {
      app.connectMicroservice(
        { transport: Transport.TCP, options: { port, host: '127.0.0.1' } },
        { inheritAppConfig },
      );
    },
  );
  await server.app.startAllMicroservices();
  const client = ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { port, host: '127.0.0.1' },
  });
  clients.push(client);
  return {
    ...server,
    find: (message: Message) => firstValueFrom(client.send<unknown>('cats.find', message)),
  };
}

/** With a guard of its own: before Nest 12 a global one does not reach it. */
@UseGuards(ApiTokenPolicyGuard)
@WebSocketGateway()
class GuardedGateway extends CatGateway {}

async function gateway(platform: Platform, contexts: ApiTokenContexts = {}, type: Type = GuardedGateway) {
  const metadata = reviewServer({ requests: { contexts } });
  const server = await startApplication(
    platform,
    { ...metadata, controllers: [], providers: [...metadata.providers!, type] },
    (app) => app.useWebSocketAdapter(new WsAdapter(app)),
  );
  return { ...server, find: (message: Message) => overWebSocket(server.app, message) };
}

describe('messages', () => {
  it('W11 a message of a microservice is denied, whatever headers its sender wrote', async () => {
    const { find, ...server } = await hybrid('Express', true);
    const authorization = `Bearer ${await issueSecret(server, 'full-access')}`;
    await expect(find({ id: '1', headers: { authorization } })).rejects.toBeDefined();
    expect(received).toEqual([]);
  });

  it('W11 is authorized as an adapter reads it', async () => {
    const { find, ...server } = await hybrid('Express', true, { rpc: ADAPTER });
    const token = await issueSecret(server, { resources: { cat: { '2': { block: ['*'] } } } });
    expect(await find({ id: '1', token })).toEqual({ id: '1' });
    await expect(find({ id: '2', token })).rejects.toBeDefined();
    await expect(find({ token })).rejects.toBeDefined();
    await expect(find({ id: '1' })).rejects.toBeDefined();
    expect(received).toEqual(['rpc 1']);
  });

  it('W11 a message over a WebSocket is denied, skipped or authorized', async () => {
    const denied = await gateway('Express');
    expect(await denied.find({ id: '1' })).toMatchObject(DENIED);
    const skipped = await gateway('Express', { ws: 'skip' });
    expect(await skipped.find({ id: '1' })).toEqual({ event: 'cat', data: { id: '1' } });
    const authorized = await gateway('Express', { ws: ADAPTER });
    const token = await issueSecret(authorized, { resources: { cat: { '2': { block: ['*'] } } } });
    expect(await authorized.find({ id: '1', token })).toEqual({ event: 'cat', data: { id: '1' } });
    expect(await authorized.find({ id: '2', token })).toMatchObject(DENIED);
    expect(await authorized.find({ id: '1' })).toMatchObject(DENIED);
    expect(received).toEqual(['ws 1', 'ws 1']);
  });

  describe('W13 a hybrid application whose global guard does not reach its messages', () => {
    it('answers them, so the audit warns', async () => {
      const log = capturedLog();
      const { find } = await hybrid('Express', false);
      expect(await find({ id: '1' })).toEqual({ id: '1' });
      expect(log.warn).toEqual([expect.stringMatching(/^CatMessages\.find \(rpc\): .*inheritAppConfig/)]);
    });

    it('is no warning where the handler has a guard of its own, is skipped, or all messages are', async () => {
      @UseGuards(ApiTokenPolicyGuard)
      @Controller()
      class GuardedMessages extends CatMessages {}
      @SkipApiTokenPolicy()
      @Controller()
      class SkippedMessages extends CatMessages {}
      const log = capturedLog();
      await hybrid('Express', false, { rpc: 'deny' }, GuardedMessages);
      await hybrid('Express', false, {}, SkippedMessages);
      await hybrid('Express', false, { rpc: 'skip' });
      expect(log.warn).toEqual([]);
    });
  });

  it('warns of messages that are all denied, unless that is said', async () => {
    const log = capturedLog();
    await gateway('Express', { ws: 'deny' });
    expect(log.warn).toEqual([]);
    await gateway('Express');
    expect(log.warn).toEqual([expect.stringMatching(/^GuardedGateway\.find \(ws\): .*contexts: \{ ws/)]);
  });

  it('RC05: warns of rejections that Nest answers with an error of the server', async () => {
    const log = capturedLog();
    await gateway('Express', { ws: ADAPTER });
    expect(log.warn).toEqual([
      expect.stringMatching(/^GuardedGateway\.find \(ws\): .*new WsException\(exception\.getResponse\(\)\)/),
    ]);
    await gateway('Express', { ws: { ...ADAPTER, exception: (_, exception) => exception } });
    expect(log.warn).toHaveLength(1);
  });

  it('W13 warns of a gateway that answers because the global guard does not reach it', async () => {
    const log = capturedLog();
    const { find } = await gateway('Express', {}, CatGateway);
    const isReached = ((await find({ id: '1' })) as { event: string }).event === 'exception';
    expect(log.warn).toEqual([
      expect.stringMatching(
        isReached ? /the guard denies every message/ : /global guards do not reach gateways/,
      ),
    ]);
  });

  it('a method that takes requests and messages is authorized as the route', async () => {
    @PolicyId('cat')
    @Controller('cats')
    class CatController {
      @Get(':id')
      @MessagePattern('cats.find')
      find() {
        return {};
      }
    }
    const server = await hybrid('Express', true, { rpc: ADAPTER }, CatController);
    const token = await issueSecret(server, { resources: { cat: { '2': { block: ['*'] } } } });
    expect(await server.find({ id: '1', token })).toEqual({});
    await expect(server.find({ id: '2', token })).rejects.toBeDefined();
    expect((await server.send('GET', '/cats/1', bearer(token))).status).toBe(200);
    expect((await server.send('GET', '/cats/2', bearer(token))).status).toBe(403);
  });

  it('an adapter needs settled handlers', async () => {
    @UseGuards(ApiTokenPolicyGuard)
    @WebSocketGateway()
    class MisconfiguredGateway {
      @PolicyId('cat')
      @SubscribeMessage('cats.find')
      find() {
        return {};
      }
    }
    const metadata = reviewServer({ requests: { contexts: { ws: ADAPTER } } });
    const app = await createApplication('Express', {
      ...metadata,
      controllers: [],
      providers: [...metadata.providers!, MisconfiguredGateway],
    });
    app.useWebSocketAdapter(new WsAdapter(app));
    await expect(app.init()).rejects.toMatchObject({
      code: 'API_TOKEN_AUDIT',
      findings: [{ handler: 'MisconfiguredGateway.find (ws)', code: 'RESOURCE_ID_PARAMETER' }],
    });
  });

  it('those that are all denied need not be settled', async () => {
    @UseGuards(ApiTokenPolicyGuard)
    @WebSocketGateway()
    class MisconfiguredGateway {
      @SubscribeMessage('cats.find')
      find() {
        return {};
      }
    }
    const { find } = await gateway('Express', {}, MisconfiguredGateway);
    expect(await find({})).toMatchObject(DENIED);
  });

  it('are in the catalog', async () => {
    const { app } = await gateway('Express', { ws: ADAPTER });
    expect(app.get(ApiTokenPolicyCatalog).routes).toMatchObject([
      { context: 'ws', handler: 'find', method: null, paths: [], guard: 'bound', policy: { kind: 'item' } },
    ]);
  });
});

async function overWebSocket(app: INestApplication, message: Message): Promise<unknown> {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  try {
    return await new Promise((resolve, reject) => {
      socket.on('open', () => socket.send(JSON.stringify({ event: 'cats.find', data: message })));
      socket.on('message', (data) => resolve(JSON.parse(String(data))));
      setTimeout(() => resolve(DENIED), 300);
      socket.on('error', reject);
    });
  } finally {
    socket.close();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
