import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  Body,
  Controller,
  Delete,
  Get,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  type ModuleMetadata,
  type NestModule,
  NotFoundException,
  Param,
  Post,
  Res,
  type Type,
  UseFilters,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { describe, expect, it } from '@jest/globals';
import {
  ApiTokenError,
  type ApiTokenErrorCode,
  ApiTokenErrorFilter,
  ApiTokenRepository,
  ApiTokenService,
  InMemoryApiTokenStore,
  SkipApiTokenPolicy,
  StoreRequiredError,
  type TokenPolicy,
} from 'nestjs-api-token';
import { createServer } from 'node:net';
import { lastValueFrom } from 'rxjs';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { PLATFORMS, type Platform, startApplication } from '../support/application.js';
import { capturedLog } from '../support/log.js';
import { reviewServer } from '../support/review-server.js';

/** The controller of an application that manages tokens in its own way. */
@SkipApiTokenPolicy()
@Controller('tokens')
class TokenController {
  constructor(private readonly tokens: ApiTokenService) {}

  @Post()
  issue(@Body() { policy, note, id }: { policy: TokenPolicy; note?: string; id?: string }) {
    if (id !== undefined) return this.tokens.update(id, {});
    return this.tokens.issue({ ownerId: 'grumpy', policy, ...(note !== undefined && { note }) });
  }

  @Delete(':id')
  remove(@Param('id') id: string) {
    return this.tokens.remove(id);
  }

  @Post(':id/rotate')
  rotate(@Param('id') id: string) {
    return this.tokens.rotate(id);
  }
}

@UseFilters(ApiTokenErrorFilter)
class FilteredController extends TokenController {}
// The path of the base class is not inherited.
SkipApiTokenPolicy()(FilteredController);
Controller('tokens')(FilteredController);

/** The ways in which Nest binds a filter: what each makes of the application. */
const BINDINGS: Readonly<
  Record<string, { controller: Type; provider?: object; configure?: (app: INestApplication) => void }>
> = {
  '@UseFilters()': { controller: FilteredController },
  APP_FILTER: {
    controller: TokenController,
    provider: { provide: APP_FILTER, useClass: ApiTokenErrorFilter },
  },
  'useGlobalFilters()': {
    controller: TokenController,
    configure: (app) => app.useGlobalFilters(new ApiTokenErrorFilter()),
  },
};

function application(
  controllers: Type[],
  providers: object[] = [],
  overrides: Parameters<typeof reviewServer>[0] = {},
): ModuleMetadata {
  const metadata = reviewServer(overrides);
  return { ...metadata, controllers, providers: [...metadata.providers!, ...(providers as never[])] };
}

/** A server whose one route throws what it is told. */
async function startThrowing(platform: Platform) {
  let thrown: unknown;
  @SkipApiTokenPolicy()
  @UseFilters(ApiTokenErrorFilter)
  @Controller('throw')
  class ThrowingController {
    @Get()
    throws(): never {
      throw thrown;
    }

    @Get('csv')
    ofAnotherType(
      @Res({ passthrough: true }) response: { header(name: string, value: string): void },
    ): never {
      response.header('content-type', 'text/csv');
      throw thrown;
    }

    @Get('begun')
    begun(@Res() response: BegunResponse): never {
      const node = response.raw ?? response;
      node.writeHead(200, { 'content-type': 'text/plain' });
      node.write('begun');
      throw thrown;
    }
  }
  const server = await startApplication(platform, application([ThrowingController]));
  return {
    ...server,
    ask: (error: unknown, path = '/throw') => {
      thrown = error;
      return server.send('GET', path);
    },
  };
}

interface NodeResponse {
  writeHead(status: number, headers: object): void;
  write(text: string): void;
}

interface BegunResponse extends NodeResponse {
  readonly raw?: NodeResponse;
}

const STATUSES: Readonly<Record<ApiTokenErrorCode, number>> = {
  INVALID_OWNER_ID: 422,
  INVALID_NOTE: 422,
  INVALID_METADATA: 422,
  INVALID_EXPIRY: 422,
  INVALID_NOT_BEFORE: 422,
  INVALID_REASON: 422,
  INVALID_ACTOR: 422,
  INVALID_GRACE: 422,
  INVALID_DATE: 422,
  INVALID_AFTER: 422,
  INVALID_LIMIT: 422,
  INVALID_SECRET: 422,
  EMPTY_POLICY: 422,
  UNSAFE_SELECTOR: 422,
  NOTHING_TO_CHANGE: 422,
  SECRET_TAKEN: 409,
  QUOTA_EXCEEDED: 409,
  TOKEN_NOT_FOUND: 404,
  TOKEN_ENDED: 409,
  STORE_REQUIRED: 500,
  DEADLINE_EXCEEDED: 503,
  TOO_MANY_CALLS: 503,
  OUTCOME_UNKNOWN: 503,
};
const PHRASES: Readonly<Record<number, string>> = {
  404: 'Not Found',
  409: 'Conflict',
  422: 'Unprocessable Entity',
  503: 'Service Unavailable',
};

const full = { policy: 'full-access' };
const unknownId = '01a20628-3bc1-742f-8c28-42ffb416e703';

describe.each(PLATFORMS)('ApiTokenErrorFilter on %s', (platform) => {
  describe.each(Object.entries(BINDINGS))('bound by %s', (_, { controller, provider, configure }) => {
    const start = (overrides: Parameters<typeof reviewServer>[0] = {}) =>
      startApplication(platform, application([controller], provider ? [provider] : [], overrides), configure);

    it('answers 404, 409 and 422 for what the service rejects, in Nest’s shape, and logs nothing', async () => {
      const log = capturedLog();
      const { send, app } = await start({ token: { prefix: 'acme', maxPerOwner: 1 } });
      const { token } = (await send('POST', '/tokens', [], full)).body as { token: { id: string } };

      const missing = await send('DELETE', `/tokens/${unknownId}`);
      expect(missing.status).toBe(404);
      expect(missing.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(missing.body).toEqual({
        statusCode: 404,
        message: 'There is no token with this ID.',
        error: 'Not Found',
        code: 'TOKEN_NOT_FOUND',
        field: 'id',
      });
      expect(await send('POST', '/tokens', [], full)).toMatchObject({
        status: 409,
        body: { statusCode: 409, error: 'Conflict', code: 'QUOTA_EXCEEDED', field: 'ownerId' },
      });
      expect(await send('POST', '/tokens', [], { ...full, note: 'a\0' })).toMatchObject({
        status: 422,
        body: { statusCode: 422, error: 'Unprocessable Entity', code: 'INVALID_NOTE', field: 'note' },
      });
      expect(await send('POST', '/tokens', [], { id: token.id })).toMatchObject({
        status: 422,
        body: { code: 'NOTHING_TO_CHANGE', field: 'options' },
      });
      expect(await send('POST', '/tokens', [], { policy: {} })).toMatchObject({
        status: 422,
        body: { code: 'EMPTY_POLICY', field: 'policy' },
      });
      await app.get(ApiTokenService).revoke(token.id);
      expect(await send('POST', `/tokens/${token.id}/rotate`)).toMatchObject({
        status: 409,
        body: { code: 'TOKEN_ENDED', field: 'id' },
      });
      expect(log.error).toEqual([]);
    });

    it('names every problem of a policy, and where it is', async () => {
      const { send } = await start();
      const policy = { resources: { repositry: { '*': { allow: ['get'] } } } };
      const { status, body } = await send('POST', '/tokens', [], { policy });
      expect(status).toBe(422);
      expect(body).toEqual({
        statusCode: 422,
        message: expect.stringContaining('and 1 more'),
        error: 'Unprocessable Entity',
        code: 'INVALID_TOKEN_POLICY',
        field: 'policy',
        issues: [
          {
            pointer: '/resources/repositry',
            code: 'UNKNOWN_POLICY_ID',
            message: expect.stringContaining('no policy ID'),
          },
          {
            pointer: '/resources/repositry/*/allow/0',
            code: 'NOT_A_METHOD',
            message: expect.stringContaining('GET'),
          },
        ].map((issue) => expect.objectContaining(issue)),
      });
    });

    it('answers 503 while the store does not answer', async () => {
      class HangingStore extends InMemoryApiTokenStore {
        override insert(): Promise<never> {
          return new Promise(() => undefined);
        }
      }
      const log = capturedLog();
      const { send } = await start({ repository: HangingStore, timeouts: { managementMs: 20 } });
      expect(await send('POST', '/tokens', [], full)).toMatchObject({
        status: 503,
        body: {
          statusCode: 503,
          error: 'Service Unavailable',
          code: 'DEADLINE_EXCEEDED',
          field: 'repository',
        },
      });
      expect(log.error).toEqual([]);
    });

    it('tells nothing of a repository that can not keep tokens, and logs it', async () => {
      class LookUpsOnly extends ApiTokenRepository {
        override findByDigest() {
          return null;
        }
      }
      const log = capturedLog();
      const { send } = await start({ repository: LookUpsOnly });
      const { status, body } = await send('POST', '/tokens', [], full);
      expect(status).toBe(500);
      expect(body).toEqual({ statusCode: 500, message: 'Internal server error' });
      expect(log.error).toEqual([expect.stringContaining('only looks tokens up')]);
    });
  });

  it('has a status for every code of the service', async () => {
    capturedLog();
    const { ask } = await startThrowing(platform);
    for (const [code, status] of Object.entries(STATUSES) as [ApiTokenErrorCode, number][]) {
      const error =
        code === 'STORE_REQUIRED' ? new StoreRequiredError() : new ApiTokenError(code, 'part', 'Told.');
      const reply = await ask(error);
      expect({ code, status: reply.status }).toEqual({ code, status });
      if (status === 500) continue;
      expect(reply.body).toMatchObject({ statusCode: status, error: PHRASES[status], code, field: 'part' });
    }
  });

  it('shows no stack, no cause, and nothing that a store says of its driver', async () => {
    const digest = `sha256:${'d'.repeat(43)}`;
    const driver = new Error(`INSERT INTO api_token_secret VALUES ('${digest}') at postgres://user:pass@db`);
    const { ask } = await startThrowing(platform);
    for (const code of [
      'OUTCOME_UNKNOWN',
      'DEADLINE_EXCEEDED',
      'TOO_MANY_CALLS',
      'STORE_REQUIRED',
    ] as const) {
      const error = new ApiTokenError(code, 'repository', driver.message, { cause: driver });
      const { text } = await ask(error);
      expect(text).not.toMatch(/sha256|postgres|INSERT|\.ts\b|stack|cause/);
    }
    const { text } = await ask(new ApiTokenError('INVALID_NOTE', 'note', 'Too long.', { cause: driver }));
    expect(text).not.toMatch(/sha256|postgres|INSERT|\.ts\b|stack|cause/);
  });

  it('answers 500 to a code that it does not know, as a store may have one of its own', async () => {
    capturedLog();
    const { ask } = await startThrowing(platform);
    const { status, body } = await ask(
      new ApiTokenError('SHARD_MOVED' as ApiTokenErrorCode, 'shard', 'Moved.'),
    );
    expect(status).toBe(500);
    expect(body).toEqual({ statusCode: 500, message: 'Internal server error' });
  });

  it('answers with JSON where the handler has said another type', async () => {
    const { ask } = await startThrowing(platform);
    const reply = await ask(new ApiTokenError('TOKEN_NOT_FOUND', 'id', 'None.'), '/throw/csv');
    expect(reply.status).toBe(404);
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(reply.body).toMatchObject({ code: 'TOKEN_NOT_FOUND' });
  });

  it('ends an answer that has begun, and adds nothing to it', async () => {
    const log = capturedLog();
    const { ask } = await startThrowing(platform);
    const reply = await ask(new ApiTokenError('TOKEN_NOT_FOUND', 'id', 'None.'), '/throw/begun');
    expect([reply.status, reply.text]).toEqual([200, 'begun']);
    expect(log.error).toEqual([]);
  });

  it('leaves other errors to others', async () => {
    const { ask } = await startThrowing(platform);
    expect(await ask(new NotFoundException('No cat'))).toMatchObject({
      status: 404,
      body: { message: 'No cat' },
    });
    expect((await ask(new Error('secret'))).body).toEqual({
      statusCode: 500,
      message: 'Internal server error',
    });
  });

  it('answers for middleware, too', async () => {
    @Module({})
    class MiddlewareModule implements NestModule {
      configure(consumer: MiddlewareConsumer) {
        consumer
          .apply(() => {
            throw new ApiTokenError('TOKEN_NOT_FOUND', 'id', 'None.');
          })
          .forRoutes(TokenController);
      }
    }
    const metadata = application([TokenController]);
    const { send } = await startApplication(
      platform,
      { ...metadata, imports: [...metadata.imports!, MiddlewareModule] },
      (app) => app.useGlobalFilters(new ApiTokenErrorFilter()),
    );
    const reply = await send('POST', '/tokens', [], full);
    expect(reply).toMatchObject({ status: 404, body: { code: 'TOKEN_NOT_FOUND' } });
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
  });
});

const NOT_FOUND = {
  statusCode: 404,
  error: 'Not Found',
  code: 'TOKEN_NOT_FOUND',
  field: 'id',
  message: 'None.',
};

function notFound(): never {
  throw new ApiTokenError('TOKEN_NOT_FOUND', 'id', 'None.');
}

describe('ApiTokenErrorFilter outside HTTP', () => {
  it('gives clients of a microservice the body', async () => {
    @SkipApiTokenPolicy()
    @UseFilters(ApiTokenErrorFilter)
    @Controller()
    class Messages {
      @MessagePattern('throw')
      throws(): never {
        return notFound();
      }
    }
    const log = capturedLog();
    const port = await freePort();
    const options = { transport: Transport.TCP, options: { port, host: '127.0.0.1' } } as const;
    const { app } = await startApplication('Express', application([Messages]), (created) =>
      created.connectMicroservice(options),
    );
    await app.startAllMicroservices();
    const client = ClientProxyFactory.create(options);
    try {
      await expect(lastValueFrom(client.send('throw', {}))).rejects.toEqual(NOT_FOUND);
    } finally {
      await client.close();
    }
    expect(log.error).toEqual([]);
  });

  @SkipApiTokenPolicy()
  @UseFilters(ApiTokenErrorFilter)
  @WebSocketGateway()
  class Gateway {
    @SubscribeMessage('throw')
    throws(): never {
      return notFound();
    }
  }

  it('gives clients of socket.io the body, as the event exception', async () => {
    const log = capturedLog();
    const { port } = await startApplication('Express', application([], [Gateway]), (app) =>
      app.useWebSocketAdapter(new IoAdapter(app)),
    );
    const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true });
    try {
      const told = new Promise((resolve) => socket.on('exception', resolve));
      socket.emit('throw', {});
      expect(await told).toEqual(NOT_FOUND);
    } finally {
      socket.disconnect();
    }
    expect(log.error).toEqual([]);
  });

  it('gives clients of a plain WebSocket the body, as the event exception', async () => {
    const { port } = await startApplication('Express', application([], [Gateway]), (app) =>
      app.useWebSocketAdapter(new WsAdapter(app)),
    );
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    try {
      const told = new Promise((resolve) =>
        socket.once('message', (data) => resolve(JSON.parse(String(data)))),
      );
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      socket.send(JSON.stringify({ event: 'throw', data: {} }));
      expect(await told).toEqual({ event: 'exception', data: NOT_FOUND });
    } finally {
      socket.terminate();
    }
  });

  it('gives clients of GraphQL the body, as that of an HttpException', async () => {
    @SkipApiTokenPolicy()
    @Resolver()
    class ThrowingResolver {
      @Query('throws')
      throws(): never {
        return notFound();
      }
    }
    const log = capturedLog();
    const metadata = application([], [ThrowingResolver]);
    const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      typeDefs: 'type Query { throws: String }',
    });
    const { send } = await startApplication(
      'Express',
      { ...metadata, imports: [...metadata.imports!, graphql] },
      (app) => app.useGlobalFilters(new ApiTokenErrorFilter()),
    );
    const { body } = await send('POST', '/graphql', [], { query: '{ throws }' });
    expect(body).toMatchObject({ errors: [{ extensions: { originalError: NOT_FOUND } }] });
    expect(log.error).toEqual([]);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
