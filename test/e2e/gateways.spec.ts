import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type CallHandler,
  type ExecutionContext,
  Logger,
  type NestInterceptor,
  type Type,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway, WsResponse } from '@nestjs/websockets';
import {
  type ApiToken,
  type ApiTokenContextAdapter,
  ApiTokenPolicyGuard,
  ApiTokenService,
  CurrentApiToken,
  getApiToken,
  PolicyId,
  RecheckApiToken,
  SkipApiTokenPolicy,
} from 'nestjs-api-token';
import { defer, finalize, from, interval, map, mergeMap, type Observable } from 'rxjs';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { PLATFORMS, type Platform, startApplication } from '../support/application.js';
import { FaultyStore } from '../support/faults.js';
import { capturedLog } from '../support/log.js';
import {
  socketIoMessages,
  webSocketMessages,
  webSocketMessagesBeforeNest12,
} from '../support/message-adapters.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

interface Message {
  readonly id?: unknown;
  readonly token?: string;
}

/** Since then Nest answers over `ws` sockets by itself. */
const isNest12 = 'getRouteConflictPolicy' in ApplicationConfig.prototype;

let received: string[] = [];
/** What an interceptor waits for before the handler of the message `first` runs. */
let secondHasRun: () => void = () => undefined;
let openStreams = 0;

class WaitForSecond implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { id } = context.switchToWs().getData<Message>();
    if (id === '2') return next.handle().pipe(finalize(() => secondHasRun()));
    const second = new Promise<void>((resolve) => (secondHasRun = resolve));
    return defer(() => from(second)).pipe(mergeMap(() => next.handle()));
  }
}

class TokenInInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    received.push(`interceptor ${getApiToken(context)?.ownerId}`);
    return next.handle();
  }
}

@UseGuards(ApiTokenPolicyGuard)
@WebSocketGateway()
class CatGateway {
  @PolicyId('cat', { param: 'id', canonical: 'exact' })
  @SubscribeMessage('cats.find')
  find(@MessageBody() message: Message, @CurrentApiToken() token: ApiToken | undefined) {
    received.push('find');
    return { event: 'cat', data: { message, owner: token?.ownerId ?? null } };
  }

  @PolicyId('cat', { param: null })
  @SubscribeMessage('cats.whoami')
  whoami(@CurrentApiToken() token: ApiToken | undefined) {
    return { event: 'me', data: { owner: token?.ownerId ?? null } };
  }

  @UseInterceptors(WaitForSecond)
  @PolicyId('cat', { param: 'id', canonical: 'exact' })
  @SubscribeMessage('cats.slow')
  slow(@MessageBody() { id }: Message, @CurrentApiToken() token: ApiToken | undefined) {
    return { event: `slow ${String(id)}`, data: { owner: token?.ownerId ?? null } };
  }

  @SkipApiTokenPolicy()
  @SubscribeMessage('cats.open')
  open(@CurrentApiToken() token: ApiToken | undefined) {
    return { event: 'open', data: { owner: token?.ownerId ?? null } };
  }

  @UseInterceptors(TokenInInterceptor)
  @PolicyId('cat', { param: null })
  @SubscribeMessage('cats.intercepted')
  intercepted() {
    return { event: 'done', data: {} };
  }

  @RecheckApiToken({ everyMs: 20 })
  @PolicyId('cat', { param: null })
  @SubscribeMessage('cats.stream')
  stream(): Observable<WsResponse<number>> {
    openStreams += 1;
    return interval(10).pipe(
      map((data) => ({ event: 'tick', data })),
      finalize(() => (openStreams -= 1)),
    );
  }
}

const closing: (() => void)[] = [];
afterEach(() => {
  received = [];
  for (const close of closing.splice(0)) close();
});

type Overrides = Parameters<typeof reviewServer>[0];

async function startGateway(
  platform: Platform,
  wire: 'socket.io' | 'ws',
  ws: ApiTokenContextAdapter | 'deny' | undefined,
  overrides: Overrides = {},
  type: Type = CatGateway,
) {
  const metadata = reviewServer({
    ...overrides,
    requests: { ...(ws && { contexts: { ws } }), ...overrides.requests },
  });
  return startApplication(
    platform,
    { ...metadata, controllers: [], providers: [...metadata.providers!, type] },
    (app) => app.useWebSocketAdapter(wire === 'ws' ? new WsAdapter(app) : new IoAdapter(app)),
  );
}

/** A client of socket.io, which collects what it gets. */
async function socketIo(
  port: number,
  token: string,
): Promise<{ socket: Socket; events: [string, unknown][] }> {
  const socket = io(`http://127.0.0.1:${port}`, {
    auth: { token },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  });
  closing.push(() => socket.disconnect());
  const events: [string, unknown][] = [];
  socket.onAny((event: string, data: unknown) => events.push([event, data]));
  await new Promise<void>((resolve, reject) => {
    socket.on('connect', resolve);
    socket.on('connect_error', reject);
  });
  return { socket, events };
}

interface WireEvent {
  readonly event: string;
  readonly data: unknown;
}

async function webSocket(port: number) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  closing.push(() => socket.terminate());
  const events: WireEvent[] = [];
  let arrived: () => void = () => undefined;
  socket.on('message', (data) => {
    events.push(JSON.parse(String(data)) as WireEvent);
    arrived();
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return {
    events,
    send: (event: string, data?: unknown) => socket.send(JSON.stringify({ event, data })),
    /** Sends a message and waits for the next event. */
    async ask(event: string, data?: unknown): Promise<WireEvent> {
      const answer = new Promise<void>((resolve) => (arrived = resolve));
      socket.send(JSON.stringify({ event, data }));
      await answer;
      return events.at(-1)!;
    },
    async gets(count: number): Promise<void> {
      while (events.length < count) await new Promise<void>((resolve) => (arrived = resolve));
    },
  };
}

const WS = isNest12 ? webSocketMessages : webSocketMessagesBeforeNest12;

const DENIED = {
  statusCode: 403,
  code: 'PERMISSION_DENIED',
  message: expect.stringContaining('does not allow GET'),
};
const INVALID = { statusCode: 401, code: 'INVALID_API_TOKEN' };
const BAD = { statusCode: 400, code: 'RESOURCE_ID_NOT_CANONICAL' };
const DOWN = { statusCode: 503, code: 'API_TOKEN_UNAVAILABLE' };

/** A policy that spares item 2. */
const NOT_TWO = { resources: { cat: { '2': { block: ['*'] as const } } } };

describe.each(PLATFORMS)('gateways on %s', (platform) => {
  describe('over socket.io', () => {
    it('RC01: the handler is given the token of its message, an interceptor too', async () => {
      const server = await startGateway(platform, 'socket.io', socketIoMessages);
      const one = await socketIo(server.port, await issueSecret(server, 'full-access', 'one'));
      const two = await socketIo(server.port, await issueSecret(server, 'full-access', 'two'));
      const owners = [];
      for (const { socket } of [one, two, one]) {
        owners.push(await once(socket, 'cat', () => socket.emit('cats.find', { id: '1' })));
      }
      expect(owners).toMatchObject([{ owner: 'one' }, { owner: 'two' }, { owner: 'one' }]);
      await once(two.socket, 'done', () => two.socket.emit('cats.intercepted', {}));
      expect(received).toContain('interceptor two');
    });

    it('RC01: whatever the payload is: text, a list, nothing', async () => {
      const server = await startGateway(platform, 'socket.io', socketIoMessages);
      const { socket } = await socketIo(server.port, await issueSecret(server, 'full-access', 'one'));
      for (const payload of [
        [],
        ['text'],
        [7],
        [null],
        [['a', 'b']],
        [{ user: 1, headers: {} }],
        ['a', 'b'],
      ]) {
        const answer = await once(socket, 'me', () => socket.emit('cats.whoami', ...payload));
        expect(answer).toEqual({ owner: 'one' });
      }
    });

    it('RC03: a skipped message has no token, though one before it had no payload either', async () => {
      const server = await startGateway(platform, 'socket.io', socketIoMessages);
      const { socket } = await socketIo(server.port, await issueSecret(server, 'full-access', 'one'));
      for (const payload of [[], ['text']]) {
        expect(await once(socket, 'me', () => socket.emit('cats.whoami', ...payload))).toEqual({
          owner: 'one',
        });
        expect(await once(socket, 'open', () => socket.emit('cats.open', ...payload))).toEqual({
          owner: null,
        });
      }
    });

    it('RC03: a token that is paused between two messages of a socket is rejected at the second', async () => {
      const server = await startGateway(platform, 'socket.io', socketIoMessages);
      const service = server.app.get(ApiTokenService);
      const { token, secret } = await service.issue({ ownerId: 'grumpy', policy: 'full-access' });
      const { socket } = await socketIo(server.port, secret);
      await once(socket, 'cat', () => socket.emit('cats.find', { id: '1' }));
      await service.pause(token.id);
      expect(await once(socket, 'exception', () => socket.emit('cats.find', { id: '1' }))).toMatchObject(
        INVALID,
      );
      await service.resume(token.id);
      await once(socket, 'cat', () => socket.emit('cats.find', { id: '1' }));
      expect(received).toEqual(['find', 'find']);
    });

    it('RC05: a rejection is sent and acknowledged, with its code and message, and not logged', async () => {
      const logged = capturedLog();
      const store = new FaultyStore();
      const server = await startGateway(platform, 'socket.io', socketIoMessages, {
        repository: { useValue: store },
        cache: false,
      });
      const { socket, events } = await socketIo(server.port, await issueSecret(server, NOT_TWO));
      const ack = (data: unknown) => socket.timeout(2_000).emitWithAck('cats.find', data) as Promise<unknown>;
      expect(await ack({ id: '2' })).toMatchObject(DENIED);
      expect(await ack({ id: ['2'] })).toMatchObject(BAD);
      const stranger = await socketIo(server.port, 'nonsense');
      const answer = stranger.socket.timeout(2_000).emitWithAck('cats.find', { id: '1' }) as Promise<unknown>;
      expect(await answer).toMatchObject({ statusCode: 401, code: 'API_TOKEN_REQUIRED' });
      expect(logged.error).toEqual([]);
      store.answer = () => {
        throw new Error('down');
      };
      expect(await ack({ id: '1' })).toMatchObject(DOWN);
      expect(events.map(([event]) => event)).toEqual(['exception', 'exception', 'exception']);
      expect(events.map(([, body]) => body)).toMatchObject([DENIED, BAD, DOWN]);
      expect(JSON.stringify(events)).not.toMatch(/cause|pattern/);
      expect(received).toEqual([]);
    });

    it('RC05: an acknowledgement that a rejection calls is called in a denied context too', async () => {
      const server = await startGateway(platform, 'socket.io', 'deny');
      const { socket } = await socketIo(server.port, 'whatever');
      const answer: unknown = await socket.timeout(2_000).emitWithAck('cats.find', { id: '1' });
      expect(answer).toMatchObject({ code: 'PERMISSION_DENIED', message: expect.stringContaining('"ws"') });
    });

    it('an adapter that throws, or makes no object or no error, lets nobody in and answers all the same', async () => {
      const broken: [Partial<ApiTokenContextAdapter>, object][] = [
        [{ carrier: () => 'text' as never }, DOWN],
        [{ carrier: () => null as never }, DOWN],
        [{ carrier: down }, DOWN],
        [{ read: down }, DOWN],
      ];
      for (const [part, expected] of broken) {
        const server = await startGateway(platform, 'socket.io', { ...socketIoMessages, ...part });
        const { socket } = await socketIo(server.port, await issueSecret(server, 'full-access'));
        const answer: unknown = await socket.timeout(2_000).emitWithAck('cats.find', { id: '1' });
        expect(answer).toMatchObject(expected);
      }
      for (const part of [{ exception: down }, { exception: () => 7 as never }]) {
        const server = await startGateway(platform, 'socket.io', { ...socketIoMessages, ...part });
        const { socket } = await socketIo(server.port, await issueSecret(server, NOT_TWO));
        expect(await socket.timeout(2_000).emitWithAck('cats.find', { id: '2' })).toMatchObject(DENIED);
      }
      const server = await startGateway(platform, 'socket.io', { ...socketIoMessages, acknowledge: down });
      const { socket } = await socketIo(server.port, await issueSecret(server, NOT_TWO));
      expect(await once(socket, 'exception', () => socket.emit('cats.find', { id: '2' }))).toMatchObject(
        DENIED,
      );
      expect(received).toEqual([]);
    });

    it('a stream is rechecked, and ends with its token', async () => {
      const server = await startGateway(platform, 'socket.io', socketIoMessages);
      const service = server.app.get(ApiTokenService);
      const { token, secret } = await service.issue({ ownerId: 'grumpy', policy: 'full-access' });
      const { socket } = await socketIo(server.port, secret);
      await once(socket, 'tick', () => socket.emit('cats.stream', {}));
      expect(openStreams).toBe(1);
      const rejected = once(socket, 'exception', () => undefined);
      await service.revoke(token.id);
      expect(await rejected).toMatchObject(INVALID);
      expect(openStreams).toBe(0);
    });
  });

  describe('over ws', () => {
    it('RC01: two messages of one socket with two tokens have each its own, whichever runs first', async () => {
      const server = await startGateway(platform, 'ws', WS);
      const [one, two] = [
        await issueSecret(server, 'full-access', 'one'),
        await issueSecret(server, 'full-access', 'two'),
      ];
      const client = await webSocket(server.port);
      client.send('cats.slow', { id: '1', token: one });
      client.send('cats.slow', { id: '2', token: two });
      await client.gets(2);
      expect(client.events).toEqual([
        { event: 'slow 2', data: { owner: 'two' } },
        { event: 'slow 1', data: { owner: 'one' } },
      ]);
    });

    it('RC01: a message without a token has none, also after one with a token', async () => {
      const server = await startGateway(platform, 'ws', WS, { requests: { credentials: 'optional' } });
      const token = await issueSecret(server, 'full-access', 'one');
      const client = await webSocket(server.port);
      const owners = [];
      for (const message of [{ token }, {}, { token }, undefined, 'text']) {
        const { data } = await client.ask('cats.whoami', message);
        owners.push((data as { owner: string | null }).owner);
      }
      expect(owners).toEqual(['one', null, 'one', null, null]);
      await client.ask('cats.whoami', { token });
      for (const message of [{ token }, {}, undefined, 'text']) {
        expect((await client.ask('cats.open', message)).data).toEqual({ owner: null });
      }
    });

    it('RC02: nothing of the owner or the token is in the payload, the answer, or a rejection', async () => {
      const ownerProvider = { useValue: { load: (id: string) => ({ id, passwordHash: 'hash' }) } };
      for (const carrier of [
        WS.carrier,
        (context: ExecutionContext) => context.switchToWs().getData<object>(),
      ]) {
        const server = await startGateway(platform, 'ws', { ...WS, carrier }, { ownerProvider });
        const token = await issueSecret(server, NOT_TWO);
        const client = await webSocket(server.port);
        // The handler answers with all that it was sent.
        expect(await client.ask('cats.find', { id: '1', token })).toEqual({
          event: 'cat',
          data: { message: { id: '1', token }, owner: 'grumpy' },
        });
        const denied = await client.ask('cats.find', { id: '2', token });
        expect(denied.data).toMatchObject(DENIED);
        expect(JSON.stringify([client.events])).not.toMatch(/hash|digest|"user"/);
      }
    });

    it('RC02: a rejection that the adapter does not shape carries nothing of the owner either', async () => {
      const ownerProvider = { useValue: { load: (id: string) => ({ id, passwordHash: 'hash' }) } };
      const { read, carrier } = webSocketMessages;
      const server = await startGateway(
        platform,
        'ws',
        { read, carrier, acknowledge: WS.acknowledge! },
        { ownerProvider },
      );
      const client = await webSocket(server.port);
      const { event, data } = await client.ask('cats.find', {
        id: '2',
        token: await issueSecret(server, NOT_TWO),
      });
      expect(event).toBe('exception');
      expect(JSON.stringify(data)).not.toMatch(/hash|"user"/);
    });

    it('RC03: what the socket remembers is not believed: the same message is rejected once its token has ended', async () => {
      const server = await startGateway(platform, 'ws', WS);
      const service = server.app.get(ApiTokenService);
      const { token, secret } = await service.issue({ ownerId: 'grumpy', policy: 'full-access' });
      const client = await webSocket(server.port);
      expect((await client.ask('cats.find', { id: '1', token: secret })).event).toBe('cat');
      await service.pause(token.id);
      for (const event of ['cats.find', 'cats.whoami']) {
        expect((await client.ask(event, { id: '1', token: secret })).data).toMatchObject(INVALID);
      }
      expect((await client.ask('cats.find', { id: '1' })).data).toMatchObject({ statusCode: 401 });
      expect(received).toEqual(['find']);
    });

    it('RC04: a skipped handler answers without a token, where nothing says how to read messages too', async () => {
      for (const ws of [WS, 'deny', undefined] as const) {
        const server = await startGateway(platform, 'ws', ws);
        const client = await webSocket(server.port);
        expect(await client.ask('cats.open', {})).toEqual({ event: 'open', data: { owner: null } });
      }
    });

    it.each<unknown>([
      JSON.parse('{"__proto__":{"token":1},"id":"2"}'),
      { user: { id: 1 } },
      { headers: {} },
      { constructor: 1 },
      ['2'],
      'text',
      7,
    ])('RC05: a denial of the payload %j is answered', async (payload) => {
      const server = await startGateway(platform, 'ws', WS);
      const client = await webSocket(server.port);
      expect((await client.ask('cats.find', payload)).data).toMatchObject({
        statusCode: 401,
        code: 'API_TOKEN_REQUIRED',
      });
    });
  });
});

function down(): never {
  throw new Error('down');
}

function once(socket: Socket, event: string, act: () => unknown): Promise<unknown> {
  return new Promise((resolve) => {
    socket.once(event, resolve);
    act();
  });
}

// Nest's own filters log what they do not know.
Logger.overrideLogger(false);
