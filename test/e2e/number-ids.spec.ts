import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Controller, type ExecutionContext, Get, Param, ParseIntPipe } from '@nestjs/common';
import { Args, Field, GraphQLModule, ID, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import {
  type ClientProxy,
  ClientProxyFactory,
  MessagePattern,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { type ApiTokenContextAdapter, PolicyId } from 'nestjs-api-token';
import { firstValueFrom } from 'rxjs';
import { bearer, PLATFORMS, startApplication } from '../support/application.js';
import { blocked } from '../support/controllers.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

interface Message {
  readonly id: unknown;
  readonly token: string;
}

const RPC: ApiTokenContextAdapter = {
  read(context: ExecutionContext) {
    const message = context.getArgByIndex<Message>(0);
    return {
      headers: { authorization: `Bearer ${message.token}` },
      method: 'GET',
      params: { id: message.id },
    };
  },
  carrier: (context) => context.getArgByIndex(1),
};

const GRAPHQL: ApiTokenContextAdapter = {
  read(context: ExecutionContext) {
    const { req } = context.getArgByIndex<{ req: { headers: Record<string, string> } }>(2);
    return {
      headers: req.headers,
      method: 'GET',
      params: context.getArgByIndex<{ id: unknown }>(1),
    };
  },
  carrier: (context) => context.getArgByIndex<{ req: object }>(2).req,
};

let received: unknown[] = [];

@PolicyId('cat')
@Controller('cats')
class CatController {
  @Get(':id')
  find(@Param('id', ParseIntPipe) id: number) {
    return { id };
  }
}

@Controller()
class Messages {
  @PolicyId('cat', { param: 'id' })
  @MessagePattern('cat')
  cat(@Payload() message: Message) {
    received.push(message.id);
    return {};
  }

  @PolicyId('dog', { param: 'id', canonical: 'exact' })
  @MessagePattern('dog')
  dog(@Payload() message: Message) {
    received.push(message.id);
    return {};
  }

  @PolicyId('bird', { param: 'id', canonical: 'uuid' })
  @MessagePattern('bird')
  bird(@Payload() message: Message) {
    received.push(message.id);
    return {};
  }

  @PolicyId('fish', { param: 'id', canonical: (raw) => raw })
  @MessagePattern('fish')
  fish(@Payload() message: Message) {
    received.push(message.id);
    return {};
  }
}

@ObjectType()
class Cat {
  @Field(() => ID)
  id!: string;
}

@Resolver(() => Cat)
class CatResolver {
  @PolicyId('cat', { param: 'id' })
  @Query(() => Cat)
  cat(@Args('id', { type: () => Int }) id: number): Cat {
    received.push(id);
    return { id: String(id) };
  }
}

const clients: ClientProxy[] = [];
afterEach(async () => {
  received = [];
  for (const client of clients.splice(0)) await client.close();
});

async function messages(policyId: string, resourceId: string) {
  const port = await freePort();
  const options = { port, host: '127.0.0.1' };
  const server = await startApplication(
    'Express',
    { ...reviewServer({ requests: { contexts: { rpc: RPC } } }), controllers: [CatController, Messages] },
    (app) => app.connectMicroservice({ transport: Transport.TCP, options }, { inheritAppConfig: true }),
  );
  await server.app.startAllMicroservices();
  const client = ClientProxyFactory.create({ transport: Transport.TCP, options });
  clients.push(client);
  const token = await issueSecret(server, blocked(policyId, resourceId));
  /** Whether the handler ran. */
  return async (pattern: string, id: unknown) => {
    received = [];
    await firstValueFrom(client.send<unknown>(pattern, { id, token })).catch(() => undefined);
    return received.length > 0;
  };
}

describe('a number as an ID in a message', () => {
  it('RI06 is decided as that number where IDs are whole numbers', async () => {
    const runs = await messages('cat', '42');
    expect(await runs('cat', 42)).toBe(false);
    expect(await runs('cat', '42')).toBe(false);
    expect(await runs('cat', 7)).toBe(true);
    expect(await runs('cat', '7')).toBe(true);
    expect(await runs('cat', -7)).toBe(true);
    expect(await runs('cat', Number.MAX_SAFE_INTEGER)).toBe(true);
  });

  it.each<unknown>([42.5, 1e21, 2 ** 53, true, null, [7], { id: 7 }, '042', '7.0', '1e1', ''])(
    'RI06 is rejected where it is no whole number: %j',
    async (id) => {
      const runs = await messages('cat', '42');
      expect(await runs('cat', id)).toBe(false);
      expect(await runs('cat', 7)).toBe(true);
    },
  );

  it('RI06 is rejected where IDs are text', async () => {
    const runs = await messages('dog', '42');
    for (const pattern of ['dog', 'bird', 'fish']) {
      expect(await runs(pattern, 42)).toBe(false);
      expect(await runs(pattern, 7)).toBe(false);
    }
    expect(await runs('dog', '7')).toBe(true);
    expect(await runs('fish', '7')).toBe(true);
  });

  it('RI06 zero is zero, whatever its sign', async () => {
    const runs = await messages('cat', '0');
    expect(await runs('cat', 0)).toBe(false);
    // JSON keeps the sign in text alone.
    expect(await runs('cat', '-0')).toBe(false);
  });
});

describe.each(PLATFORMS)('a number as an ID in GraphQL on %s', (platform) => {
  it('RI06 is decided as that number', async () => {
    const metadata = reviewServer({ requests: { contexts: { graphql: GRAPHQL } } });
    const server = await startApplication(platform, {
      ...metadata,
      imports: [
        ...metadata.imports!,
        GraphQLModule.forRoot<ApolloDriverConfig>({
          driver: ApolloDriver,
          autoSchemaFile: true,
          context: (request: { req?: unknown }, reply?: unknown) =>
            reply === undefined ? request : { req: request },
        }),
      ],
      controllers: [CatController],
      providers: [...metadata.providers!, CatResolver],
    });
    const secret = await issueSecret(server, blocked('cat', '42'));
    const query = async (id: string, variables?: object) => {
      received = [];
      const text = variables ? 'query ($id: Int!) { cat(id: $id) { id } }' : `{ cat(id: ${id}) { id } }`;
      const headers = [...bearer(secret), 'Content-Type', 'application/json'];
      await server.send('POST', '/graphql', headers, { query: text, variables });
      return received;
    };
    expect(await query('42')).toEqual([]);
    expect(await query('', { id: 42 })).toEqual([]);
    expect(await query('', { id: 42.0 })).toEqual([]);
    expect(await query('7')).toEqual([7]);
    expect(await query('', { id: 7 })).toEqual([7]);
    expect(await query('-0')).toHaveLength(1);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
