import { afterEach, describe, expect, it } from '@jest/globals';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import {
  Args,
  Field,
  GraphQLModule,
  ID,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import {
  type ApiToken,
  ApiTokenAccess,
  ApiTokenPolicyCatalog,
  ApiTokenPolicyGuard,
  ApiTokenService,
  CurrentApiToken,
  getApiToken,
  PolicyId,
  RecheckApiToken,
  SkipApiTokenPolicy,
} from 'nestjs-api-token';
import { createClient, type Client } from 'graphql-ws';
import type { Observable } from 'rxjs';
import { WebSocket } from 'ws';
import {
  bearer,
  createApplication,
  PLATFORMS,
  type Platform,
  startApplication,
} from '../support/application.js';
import { graphqlOperations } from '../support/message-adapters.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

let received: string[] = [];

const TYPES = `
  type Owner { name: String }
  type Cat { id: ID! owner: Owner }
  type Query { cat(id: ID!): Cat open: Cat cats: Cat }
  type Mutation { rename(id: ID!): Cat }
  type Subscription { ticks: String }
`;

interface Owner {
  readonly name: string | null;
}

interface Cat {
  readonly id: string;
}

function seen(where: string, token: ApiToken | undefined): void {
  received.push(`${where} ${token?.ownerId}`);
}

/** One object for every request, as a cache of entities has it. */
const CAT: Cat = { id: '1' };

@Resolver('Cat')
class CatResolver {
  @PolicyId('cat', { param: 'id', canonical: 'exact' })
  @Query()
  cat(@Args('id') id: string, @CurrentApiToken() token: ApiToken | undefined): Cat {
    seen(`cat ${id}`, token);
    return id === '1' ? CAT : { id };
  }

  @PolicyId('cat', { param: 'id', canonical: 'exact' })
  @Mutation()
  rename(@Args('id') id: string): Cat {
    received.push(`rename ${id}`);
    return { id };
  }

  @SkipApiTokenPolicy()
  @Query()
  open(@CurrentApiToken() token: ApiToken | undefined): Cat {
    seen('open', token);
    return CAT;
  }

  @ResolveField()
  owner(@Parent() _cat: Cat, @CurrentApiToken() token: ApiToken | undefined): Owner {
    seen('owner', token);
    return { name: token?.ownerId ?? null };
  }
}

@Resolver('Cat')
class GuardedFieldResolver extends CatResolver {
  @PolicyId('owner', { param: null })
  @ResolveField()
  override owner(@Parent() cat: Cat, @CurrentApiToken() token: ApiToken | undefined): Owner {
    return super.owner(cat, token);
  }
}

class Interceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    seen('interceptor', getApiToken(context));
    seen('carrier', getApiToken(context.getArgByIndex<object>(2)));
    return next.handle();
  }
}

@Resolver('Cat')
class TickResolver {
  @UseInterceptors(Interceptor)
  @PolicyId('cat', { param: null })
  @Query()
  cats(): Cat {
    return CAT;
  }

  @RecheckApiToken({ everyMs: 20 })
  @PolicyId('tick', { param: null })
  @Subscription('ticks', { resolve: (value: unknown) => value })
  ticks(@CurrentApiToken() token: ApiToken | undefined) {
    return (async function* () {
      for (let tick = 0; tick < 3; tick += 1) yield `${tick} ${token?.ownerId}`;
    })();
  }
}

const clients: Client[] = [];
afterEach(async () => {
  received = [];
  for (const client of clients.splice(0)) await client.dispose();
});

type Overrides = Parameters<typeof reviewServer>[0];

function graphql(resolvers: Type[], overrides: Overrides = {}, options: Partial<ApolloDriverConfig> = {}) {
  const metadata = reviewServer({
    ...overrides,
    requests: { contexts: { graphql: graphqlOperations }, ...overrides.requests },
  });
  return {
    ...metadata,
    imports: [
      ...metadata.imports!,
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        typeDefs: TYPES,
        allowBatchedHttpRequests: true,
        subscriptions: { 'graphql-ws': true },
        ...options,
      }),
    ],
    controllers: [],
    providers: [...metadata.providers!, ...resolvers],
  };
}

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

async function start(platform: Platform, ...how: Parameters<typeof graphql>) {
  const server = await startApplication(platform, graphql(...how));
  const post = async (body: unknown, secret?: string) => {
    const headers = ['Content-Type', 'application/json', ...(secret === undefined ? [] : bearer(secret))];
    return (await server.send('POST', '/graphql', headers, body)).body;
  };
  return {
    ...server,
    post,
    query: async (query: string, secret?: string) => (await post({ query }, secret)) as Answer,
  };
}

const NOT_TWO = { resources: { cat: { '2': { block: ['*'] as const } } } };

describe.each(PLATFORMS)('GraphQL on %s', (platform) => {
  it('RC01: root and field resolvers are given the token, and an interceptor', async () => {
    const { query, ...server } = await start(platform, [CatResolver, TickResolver]);
    const [one, two] = [
      await issueSecret(server, 'full-access', 'one'),
      await issueSecret(server, 'full-access', 'two'),
    ];
    for (const [secret, name] of [
      [one, 'one'],
      [two, 'two'],
      [one, 'one'],
    ] as const) {
      const { data } = await query('{ cat(id: "1") { id owner { name } } }', secret);
      expect(data).toEqual({ cat: { id: '1', owner: { name } } });
    }
    expect(received.slice(0, 2)).toEqual(['cat 1 one', 'owner one']);
    await query('{ cats { id } }', two);
    expect(received.slice(-2)).toEqual(['interceptor two', 'carrier two']);
  });

  it('RC01: operations at once, of two tokens and of none, have each their own', async () => {
    const { query, ...server } = await start(
      platform,
      [CatResolver],
      { requests: { credentials: 'optional' }, cache: false, audit: 'warn' },
      { fieldResolverEnhancers: ['guards', 'interceptors'] },
    );
    const secrets = [
      await issueSecret(server, 'full-access', 'one'),
      await issueSecret(server, 'full-access', 'two'),
    ];
    const asked = [secrets[0], secrets[1], undefined, secrets[0], undefined];
    const text = '{ a: cat(id: "1") { owner { name } } b: open { id } }';
    await Promise.all(asked.map((secret) => query(text, secret)));
    const count = (line: string) => received.filter((other) => other === line).length;
    expect(['one', 'two', 'undefined'].map((owner) => count(`cat 1 ${owner}`))).toEqual([2, 1, 2]);
    expect(count('open undefined')).toBe(5);
  });

  it('RC01: there is none without a token, also after a request with one for the same object', async () => {
    const { query, ...server } = await start(platform, [CatResolver], {
      requests: { credentials: 'optional' },
    });
    await query('{ cat(id: "1") { owner { name } } }', await issueSecret(server, 'full-access'));
    const { data } = await query('{ cat(id: "1") { owner { name } } open { owner { name } } }');
    expect(data).toEqual({ cat: { owner: { name: null } }, open: { owner: { name: null } } });
  });

  it('RC03: aliases and batches are decided one by one', async () => {
    const { query, post, ...server } = await start(platform, [CatResolver]);
    const secret = await issueSecret(server, NOT_TWO);
    const { errors } = await query(
      '{ a: cat(id: "1") { id } b: cat(id: "2") { id } c: cat(id: "3") { id } }',
      secret,
    );
    expect(errors).toMatchObject([{ path: ['b'] }]);
    expect(received).toEqual(['cat 1 grumpy', 'cat 3 grumpy']);
    received = [];
    const three = ['2', '1', '2'].map((id) => ({ query: `{ cat(id: "${id}") { id } }` }));
    const batch = (await post(three, secret)) as unknown as Answer[];
    expect(batch.map(({ errors: failed }) => failed !== undefined)).toEqual([true, false, true]);
    expect(received).toEqual(['cat 1 grumpy']);
  });

  it('RC03: a mutation is decided as POST', async () => {
    const { query, ...server } = await start(platform, [CatResolver]);
    const secret = await issueSecret(server, { resources: { '*': { allow: ['GET'], block: ['*'] } } });
    expect((await query('mutation { rename(id: "1") { id } }', secret)).errors).toHaveLength(1);
    expect((await query('{ cat(id: "1") { id } }', secret)).errors).toBeUndefined();
    expect(received).toEqual(['cat 1 grumpy']);
  });

  it('RC05: the client gets code and message of a rejection, and nothing of the owner', async () => {
    const ownerProvider = { useValue: { load: (id: string) => ({ id, passwordHash: 'hash' }) } };
    const { query, ...server } = await start(platform, [CatResolver], { ownerProvider });
    const secret = await issueSecret(server, NOT_TWO);
    const service = server.app.get(ApiTokenService);
    const paused = await service.issue({ ownerId: 'grumpy', policy: 'full-access' });
    await service.pause(paused.token.id);
    const asked: [string, string | undefined, object][] = [
      ['2', secret, { code: 'FORBIDDEN', originalError: { code: 'PERMISSION_DENIED', statusCode: 403 } }],
      ['1', undefined, { code: 'UNAUTHENTICATED', originalError: { code: 'API_TOKEN_REQUIRED' } }],
      ['1', paused.secret, { code: 'UNAUTHENTICATED', originalError: { code: 'INVALID_API_TOKEN' } }],
      ['', secret, { originalError: { code: 'RESOURCE_ID_NOT_CANONICAL' } }],
    ];
    for (const [id, given, extensions] of asked) {
      const answer = await query(`{ cat(id: "${id}") { id } }`, given);
      expect(answer.errors).toMatchObject([{ extensions }]);
      expect(JSON.stringify(answer)).not.toContain('hash');
    }
    expect(received).toEqual([]);
  });

  describe('subscriptions over graphql-ws', () => {
    async function subscriber(port: number, connectionParams: Record<string, unknown>) {
      const client = createClient({
        url: `ws://127.0.0.1:${port}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams,
        retryAttempts: 0,
      });
      clients.push(client);
      return (query: string) =>
        new Promise<unknown[]>((resolve, reject) => {
          const got: unknown[] = [];
          client.subscribe(
            { query },
            { next: (value) => got.push(value), error: reject, complete: () => resolve(got) },
          );
        });
    }

    it('RC01: are authorized by what came with the connection, and given the token', async () => {
      const server = await start(platform, [CatResolver, TickResolver]);
      const authorization = `Bearer ${await issueSecret(server, 'full-access', 'one')}`;
      const subscribe = await subscriber(server.port, { authorization });
      expect(await subscribe('subscription { ticks }')).toEqual(
        [0, 1, 2].map((tick) => ({ data: { ticks: `${tick} one` } })),
      );
      expect(await subscribe('{ cat(id: "1") { owner { name } } }')).toEqual([
        { data: { cat: { owner: { name: 'one' } } } },
      ]);
    });

    it('RC03: are each authenticated anew on one connection', async () => {
      const server = await start(platform, [CatResolver, TickResolver]);
      const service = server.app.get(ApiTokenService);
      const { token, secret } = await service.issue({ ownerId: 'grumpy', policy: 'full-access' });
      const subscribe = await subscriber(server.port, { authorization: `Bearer ${secret}` });
      await subscribe('subscription { ticks }');
      await service.pause(token.id);
      const isRejected = (answer: unknown) =>
        JSON.stringify(answer instanceof Error ? answer.message : answer).includes('not valid');
      for (const text of ['subscription { ticks }', '{ cat(id: "1") { id } }']) {
        const answer: unknown = await subscribe(text).catch((errors: unknown) => errors);
        expect(isRejected(answer)).toBe(true);
      }
      expect(received).toEqual([]);
    });
  });

  describe('the audit of field resolvers', () => {
    @Resolver('Cat')
    class AccessResolver extends CatResolver {
      @ApiTokenAccess(false)
      @ResolveField()
      override owner(): Owner {
        return { name: null };
      }
    }

    @Resolver('Cat')
    class GuardResolver extends CatResolver {
      @UseGuards(ApiTokenPolicyGuard)
      @ResolveField()
      override owner(): Owner {
        return { name: null };
      }
    }

    @PolicyId('cat', { param: null })
    @Resolver('Cat')
    class FieldsOnlyResolver {
      @ResolveField()
      owner(): Owner {
        return { name: null };
      }
    }

    it.each<[string, Type[], ApolloDriverConfig['fieldResolverEnhancers']]>([
      ['a policy ID', [GuardedFieldResolver], undefined],
      ['a policy ID, though other enhancers run', [GuardedFieldResolver], ['interceptors', 'filters']],
      ['an access flag', [AccessResolver], undefined],
      ['the guard', [GuardResolver], undefined],
      ['a policy ID on a class that has fields alone', [CatResolver, FieldsOnlyResolver], undefined],
    ])('RC06: %s on a field without guards stops the start', async (_, resolvers, fieldResolverEnhancers) => {
      const app = await createApplication(
        platform,
        graphql(resolvers, {}, { ...(fieldResolverEnhancers && { fieldResolverEnhancers }) }),
      );
      await expect(app.init()).rejects.toMatchObject({
        code: 'API_TOKEN_AUDIT',
        message: expect.stringContaining("fieldResolverEnhancers: ['guards']"),
        findings: [{ code: 'GUARDS_NOT_RUN', handler: `${resolvers.at(-1)!.name}.owner (graphql)` }],
      });
    });

    it('RC06: with guards the field is in the catalog, and decided', async () => {
      const { query, ...server } = await start(
        platform,
        [GuardedFieldResolver],
        {},
        {
          fieldResolverEnhancers: ['guards'],
        },
      );
      expect(server.app.get(ApiTokenPolicyCatalog).policyIds).toContain('owner');
      const secret = await issueSecret(server, { resources: { owner: { '*': { block: ['*'] } } } });
      const { errors } = await query('{ cat(id: "1") { id owner { name } } }', secret);
      expect(errors).toMatchObject([{ path: ['cat', 'owner'] }]);
      expect(received).toEqual(['cat 1 grumpy']);
      const good = await issueSecret(server, 'full-access', 'one');
      expect((await query('{ cat(id: "1") { owner { name } } }', good)).data).toEqual({
        cat: { owner: { name: 'one' } },
      });
    });

    it('RC06: with guards a field that says nothing is an error, as any handler', async () => {
      const app = await createApplication(
        platform,
        graphql([CatResolver], {}, { fieldResolverEnhancers: ['guards'] }),
      );
      await expect(app.init()).rejects.toMatchObject({
        findings: [{ code: 'POLICY_ID_MISSING', handler: 'CatResolver.owner (graphql)' }],
      });
    });

    it('RC06: where types are made of classes too', async () => {
      @ObjectType('Dog')
      class Dog {
        @Field(() => ID)
        id!: string;
      }
      @Resolver(() => Dog)
      class DogResolver {
        @PolicyId('dog', { param: null })
        @Query(() => Dog)
        dog(): Dog {
          return { id: '1' };
        }

        @PolicyId('bone', { param: null })
        @ResolveField(() => String)
        bone(): string {
          return '';
        }
      }
      const metadata = graphql([DogResolver], {}, { autoSchemaFile: true, typeDefs: [] });
      const app = await createApplication(platform, metadata);
      await expect(app.init()).rejects.toMatchObject({
        findings: [{ code: 'GUARDS_NOT_RUN', handler: 'DogResolver.bone (graphql)' }],
      });
    });

    it('RC06: a field that is skipped, or is decorated in no way, is nothing to report', async () => {
      @Resolver('Cat')
      class SkippedResolver extends CatResolver {
        @SkipApiTokenPolicy()
        @ResolveField()
        override owner(): Owner {
          return { name: null };
        }
      }
      const app = await createApplication(platform, graphql([SkippedResolver]));
      await expect(app.init()).resolves.toBeDefined();
    });
  });
});
