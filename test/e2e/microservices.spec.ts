import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Metadata } from '@grpc/grpc-js';
import {
  type CallHandler,
  Catch,
  Controller,
  type ArgumentsHost,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  Scope,
  type Type,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import {
  type ClientGrpcProxy,
  type ClientProxy,
  ClientProxyFactory,
  EventPattern,
  GrpcMethod,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  RpcException,
  Transport,
} from '@nestjs/microservices';
import {
  type ApiToken,
  type ApiTokenContexts,
  ApiTokenException,
  ApiTokenService,
  CurrentApiToken,
  getApiToken,
  InMemoryApiTokenStore,
  PolicyId,
  RecheckApiToken,
  SkipApiTokenPolicy,
} from 'nestjs-api-token';
import { firstValueFrom, interval, lastValueFrom, map, type Observable, throwError } from 'rxjs';
import { createApplication, type Platform, startApplication } from '../support/application.js';
import { FaultyStore } from '../support/faults.js';
import { capturedLog } from '../support/log.js';
import { grpcCalls, tcpMessages } from '../support/message-adapters.js';
import { issueSecret, reviewServer } from '../support/review-server.js';
import { newServices } from '../support/services.js';
import { everything } from '../support/tokens.js';

let received: unknown[] = [];

@Injectable({ scope: Scope.REQUEST })
class RequestScopedStore extends InMemoryApiTokenStore {}

/** As some applications decode payloads: the handler gets another object than the guard. */
class NewPayload implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const args = context.getArgs<unknown[]>();
    args[0] = { ...(args[0] as object), isNew: true };
    return next.handle();
  }
}

@Catch(RpcException)
class TokenInFilter {
  catch(exception: RpcException, host: ArgumentsHost) {
    received.push(`filter ${getApiToken(host)?.ownerId}`);
    return throwError(() => exception.getError());
  }
}

@Controller()
class CatMessages {
  @PolicyId('cat', { param: 'id', canonical: 'exact' })
  @MessagePattern('find')
  find(@Payload() message: object, @CurrentApiToken() token: ApiToken | undefined) {
    received.push('find');
    return { message, owner: token?.ownerId ?? null };
  }

  @UseInterceptors(NewPayload)
  @PolicyId('cat', { param: null })
  @MessagePattern('decoded')
  decoded(@Payload() message: object, @CurrentApiToken() token: ApiToken | undefined) {
    return { message, owner: token?.ownerId ?? null };
  }

  @UseFilters(TokenInFilter)
  @PolicyId('cat', { param: 'id', canonical: 'exact' })
  @MessagePattern('filtered')
  filtered() {
    return {};
  }

  @SkipApiTokenPolicy()
  @MessagePattern('ping')
  ping(@CurrentApiToken() token: ApiToken | undefined) {
    return { pong: token === undefined };
  }

  @MessagePattern('unsaid')
  unsaid() {
    received.push('unsaid');
    return {};
  }

  @PolicyId('cat', { param: 'id', canonical: 'exact' })
  @EventPattern('found')
  found(@Payload() _message: unknown) {
    received.push('found');
  }

  @RecheckApiToken({ everyMs: 20 })
  @PolicyId('cat', { param: null })
  @MessagePattern('stream')
  stream() {
    return interval(10);
  }
}

@Controller()
class GrpcCats {
  @PolicyId('cat', { param: 'id', canonical: 'exact' })
  @GrpcMethod('Cats', 'Find')
  find({ id }: { id: string }, _metadata: unknown, _call: unknown) {
    received.push(`find ${id}`);
    return { id, owner: '' };
  }

  @RecheckApiToken({ everyMs: 20 })
  @PolicyId('cat', { param: 'id', canonical: 'exact' })
  @GrpcMethod('Cats', 'Watch')
  watch(@Payload() { id }: { id: string }, @CurrentApiToken() token: ApiToken | undefined) {
    return interval(5).pipe(map(() => ({ id, owner: token?.ownerId ?? '' })));
  }
}

const clients: { close(): unknown }[] = [];
afterEach(async () => {
  received = [];
  for (const client of clients.splice(0)) await client.close();
});

type Overrides = Parameters<typeof reviewServer>[0];

/** A hybrid application. */
async function start(
  platform: Platform,
  controller: Type,
  microservice: MicroserviceOptions,
  contexts: ApiTokenContexts | undefined,
  overrides: Overrides = {},
) {
  const server = await startApplication(
    platform,
    {
      ...reviewServer({ ...overrides, requests: { ...(contexts && { contexts }), ...overrides.requests } }),
      controllers: [controller],
    },
    (app) => app.connectMicroservice(microservice, { inheritAppConfig: true }),
  );
  await server.app.startAllMicroservices();
  return server;
}

async function startTcp(platform: Platform, contexts?: ApiTokenContexts, overrides: Overrides = {}) {
  const port = await freePort();
  const options = { port, host: '127.0.0.1' };
  const server = await start(
    platform,
    CatMessages,
    { transport: Transport.TCP, options },
    contexts,
    overrides,
  );
  const client: ClientProxy = ClientProxyFactory.create({ transport: Transport.TCP, options });
  clients.push(client);
  const send = (pattern: string, message: unknown): Promise<unknown> =>
    lastValueFrom(client.send<unknown>(pattern, message as object));
  return { ...server, client, sendMessage: send };
}

interface Cat {
  readonly id: string;
  readonly owner: string;
}

interface GrpcService {
  find(wanted: { id: string }, metadata: Metadata): Observable<Cat>;
  watch(wanted: { id: string }, metadata: Metadata): Observable<Cat>;
}

async function startGrpc(platform: Platform, overrides: Overrides = {}) {
  const options = {
    package: 'cats',
    protoPath: join(__dirname, '../support/cats.proto'),
    url: `127.0.0.1:${await freePort()}`,
  };
  const microservice = { transport: Transport.GRPC, options } as const;
  const server = await start(platform, GrpcCats, microservice, { rpc: grpcCalls }, overrides);
  const client = ClientProxyFactory.create(microservice) as unknown as ClientGrpcProxy;
  clients.push(client);
  return { ...server, cats: client.getService<GrpcService>('Cats') };
}

function authorization(...values: string[]): Metadata {
  const metadata = new Metadata();
  for (const value of values) metadata.add('authorization', value);
  return metadata;
}

const NOT_TWO = { resources: { cat: { '2': { block: ['*'] as const } } } };

describe('microservices', () => {
  describe('over TCP', () => {
    it('RC01: the handler is given the token of its message', async () => {
      const { sendMessage, ...server } = await startTcp('Express', { rpc: tcpMessages });
      const [one, two] = [
        await issueSecret(server, 'full-access', 'one'),
        await issueSecret(server, 'full-access', 'two'),
      ];
      const answers = await Promise.all(
        [one, two, one].map((token) => sendMessage('find', { id: '1', token })),
      );
      expect(answers).toMatchObject([{ owner: 'one' }, { owner: 'two' }, { owner: 'one' }]);
      expect(await sendMessage('decoded', { token: two })).toMatchObject({
        message: { isNew: true },
        owner: 'two',
      });
    });

    it('RC01: there is none where none is needed and none came', async () => {
      const { sendMessage, ...server } = await startTcp(
        'Express',
        { rpc: tcpMessages },
        { requests: { credentials: 'optional' } },
      );
      await sendMessage('find', { id: '1', token: await issueSecret(server, 'full-access') });
      for (const message of [{}, 'text', 7, ['x'], '']) {
        expect(await sendMessage('decoded', message)).toMatchObject({ owner: null });
      }
    });

    it.each<[string, Type<InMemoryApiTokenStore>, 'reaches' | 'never']>([
      [
        'reaches the handler with a token that may, and not with one that may not',
        InMemoryApiTokenStore,
        'reaches',
      ],
      ['never reaches a handler where the repository is of request scope', RequestScopedStore, 'never'],
    ])(
      'a message that a hybrid application takes before it is initialized %s',
      async (_, repository, outcome) => {
        const options = { port: await freePort(), host: '127.0.0.1' };
        const store = new InMemoryApiTokenStore();
        const app = await createApplication('Express', {
          ...reviewServer({
            repository: outcome === 'reaches' ? { useValue: store } : repository,
            requests: { contexts: { rpc: tcpMessages } },
          }),
          controllers: [CatMessages],
        });
        app.connectMicroservice({ transport: Transport.TCP, options }, { inheritAppConfig: true });
        const { secret: token } = await newServices({ store, controllers: [CatMessages] }).tokens.issue({
          ...everything,
          policy: NOT_TWO,
        });
        // Nest 10 listens before onModuleInit; from 11 on Nest initializes first, and a wrong start fails here.
        const started = await app.startAllMicroservices().then(
          () => true,
          () => false,
        );
        const client = ClientProxyFactory.create({ transport: Transport.TCP, options });
        clients.push(client);
        const send = (id: string): Promise<unknown> => lastValueFrom(client.send('find', { id, token }));
        await expect(send('2')).rejects.toBeDefined();
        if (outcome === 'never') await expect(send('1')).rejects.toBeDefined();
        else expect(await send('1')).toMatchObject({ owner: 'grumpy' });
        expect(received).toEqual(outcome === 'never' ? [] : ['find']);
        expect(started || outcome === 'never').toBe(true);
      },
    );

    it('RC01: an exception filter finds it too', async () => {
      const { sendMessage, ...server } = await startTcp('Express', { rpc: tcpMessages });
      const token = await issueSecret(server, NOT_TWO);
      await expect(sendMessage('filtered', { id: '2', token })).rejects.toMatchObject({ statusCode: 403 });
      await expect(sendMessage('filtered', { id: '2', token: 'no' })).rejects.toMatchObject({
        statusCode: 401,
      });
      expect(received).toEqual(['filter grumpy', 'filter undefined']);
    });

    it('RC02: nothing of the owner is in what the handler gets or answers', async () => {
      const ownerProvider = { useValue: { load: (id: string) => ({ id, passwordHash: 'hash' }) } };
      for (const carrier of [
        tcpMessages.carrier,
        (context: ExecutionContext) => context.getArgByIndex<object>(0),
      ]) {
        const { sendMessage, ...server } = await startTcp(
          'Express',
          { rpc: { ...tcpMessages, carrier } },
          { ownerProvider },
        );
        const message = { id: '1', token: await issueSecret(server, 'full-access') };
        expect(await sendMessage('find', message)).toEqual({ message, owner: 'grumpy' });
      }
    });

    it('RC04: a skipped handler answers, where all else is denied and where nothing is configured', async () => {
      for (const contexts of [undefined, { rpc: 'deny' }, { rpc: tcpMessages }] as const) {
        const { sendMessage } = await startTcp('Express', contexts, { audit: 'warn' });
        expect(await sendMessage('ping', {})).toEqual({ pong: true });
        await expect(sendMessage('find', { id: '1' })).rejects.toBeDefined();
      }
    });

    it('RC04: skipIf is asked before the context is denied, and only true skips', async () => {
      const skipIf = (context: ExecutionContext) => context.getHandler().name === 'unsaid';
      for (const contexts of [undefined, { rpc: 'deny' }] as const) {
        const { sendMessage } = await startTcp('Express', contexts, { requests: { skipIf } });
        expect(await sendMessage('unsaid', {})).toEqual({});
        await expect(sendMessage('find', { id: '1' })).rejects.toBeDefined();
      }
      expect(received).toEqual(['unsaid', 'unsaid']);
    });

    it('RC05: a rejection is told with its code and message, and is no line of the log', async () => {
      const logged = capturedLog();
      const store = new FaultyStore();
      const { sendMessage, ...server } = await startTcp(
        'Express',
        { rpc: tcpMessages },
        { repository: { useValue: store }, cache: false, audit: 'warn' },
      );
      const token = await issueSecret(server, NOT_TWO);
      logged.error.length = 0;
      await expect(sendMessage('find', { id: '2', token })).rejects.toMatchObject({
        statusCode: 403,
        code: 'PERMISSION_DENIED',
        message: 'The policy of this API token does not allow GET on this cat',
      });
      await expect(sendMessage('find', { id: '1', token: 'x' })).rejects.toMatchObject({
        code: 'API_TOKEN_REQUIRED',
      });
      await expect(sendMessage('find', { id: '1', token: token.slice(0, -1) })).rejects.toMatchObject({
        code: 'INVALID_API_TOKEN',
      });
      await expect(sendMessage('find', { id: {}, token })).rejects.toMatchObject({ statusCode: 400 });
      await expect(sendMessage('unsaid', { token })).rejects.toMatchObject({ statusCode: 403 });
      expect(logged.error).toEqual([]);
      store.answer = () => {
        throw new Error('down');
      };
      await expect(sendMessage('find', { id: '1', token })).rejects.toMatchObject({ statusCode: 503 });
      expect(received).toEqual([]);
    });

    it('RC05: an adapter that shapes nothing leaves it to exceptionFactory, one that does is asked alone', async () => {
      const { read, carrier } = tcpMessages;
      const exceptionFactory = (_: unknown, exception: Error) =>
        new RpcException({ by: 'factory', code: exception instanceof ApiTokenException && exception.code });
      const plain = await startTcp(
        'Express',
        { rpc: { read, carrier } },
        { errors: { exceptionFactory }, audit: 'warn' },
      );
      await expect(plain.sendMessage('find', {})).rejects.toEqual({
        by: 'factory',
        code: 'API_TOKEN_REQUIRED',
      });
      const shaped = await startTcp(
        'Express',
        { rpc: tcpMessages },
        { errors: { exceptionFactory }, audit: 'warn' },
      );
      await expect(shaped.sendMessage('find', {})).rejects.toMatchObject({ statusCode: 401 });
    });

    it('an event is rejected too', async () => {
      const { client, sendMessage, ...server } = await startTcp('Express', { rpc: tcpMessages });
      const token = await issueSecret(server, NOT_TWO);
      await lastValueFrom(client.emit('found', { id: '2', token }), { defaultValue: null });
      await lastValueFrom(client.emit('found', { id: '1', token }), { defaultValue: null });
      await sendMessage('ping', {});
      expect(received).toEqual(['found']);
    });

    it('RC05: a stream of answers is rechecked, and fails with the rejection', async () => {
      const { sendMessage, ...server } = await startTcp('Express', { rpc: tcpMessages });
      const service = server.app.get(ApiTokenService);
      const { token, secret } = await service.issue({ ownerId: 'grumpy', policy: 'full-access' });
      const streamed = sendMessage('stream', { token: secret });
      await service.revoke(token.id);
      await expect(streamed).rejects.toMatchObject({ statusCode: 401, code: 'INVALID_API_TOKEN' });
    });
  });

  describe('over gRPC', () => {
    it('RC01: calls are allowed by their metadata, and a stream is given its token', async () => {
      const { cats, ...server } = await startGrpc('Express');
      const secret = await issueSecret(server, NOT_TWO, 'one');
      expect(await firstValueFrom(cats.find({ id: '1' }, authorization(`Bearer ${secret}`)))).toMatchObject({
        id: '1',
      });
      expect(await firstValueFrom(cats.watch({ id: '1' }, authorization(`Bearer ${secret}`)))).toEqual({
        id: '1',
        owner: 'one',
      });
      expect(received).toEqual(['find 1']);
    });

    it('RC05: rejections have the statuses of gRPC', async () => {
      const store = new FaultyStore();
      const { cats, ...server } = await startGrpc('Express', {
        repository: { useValue: store },
        cache: false,
      });
      const good = `Bearer ${await issueSecret(server, NOT_TWO)}`;
      const find = (id: string, ...values: string[]) =>
        firstValueFrom(cats.find({ id }, authorization(...values)));
      await expect(find('2', good)).rejects.toMatchObject({
        code: 7,
        details: 'PERMISSION_DENIED: The policy of this API token does not allow GET on this cat',
      });
      await expect(find('1')).rejects.toMatchObject({
        code: 16,
        details: expect.stringMatching(/^API_TOKEN_REQUIRED/),
      });
      await expect(find('1', `${good}x`)).rejects.toMatchObject({
        code: 16,
        details: expect.stringMatching(/^INVALID_API_TOKEN/),
      });
      await expect(find('', good)).rejects.toMatchObject({
        code: 3,
        details: expect.stringMatching(/^RESOURCE_ID_NOT_CANONICAL/),
      });
      store.answer = () => {
        throw new Error('down');
      };
      await expect(find('1', good)).rejects.toMatchObject({
        code: 14,
        details: expect.stringMatching(/^API_TOKEN_UNAVAILABLE/),
      });
      expect(received).toEqual([]);
    });

    it('RC05: a stream ends with the status of the rejection when its token ends', async () => {
      const { cats, ...server } = await startGrpc('Express');
      const service = server.app.get(ApiTokenService);
      const { token, secret } = await service.issue({ ownerId: 'grumpy', policy: 'full-access' });
      const streamed = lastValueFrom(cats.watch({ id: '1' }, authorization(`Bearer ${secret}`)));
      await service.pause(token.id);
      await expect(streamed).rejects.toMatchObject({ code: 16 });
    });
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
