import { Inject, Injectable, Module, type ModuleMetadata, type OnModuleInit, Scope } from '@nestjs/common';
import { APP_GUARD, REQUEST } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import {
  ApiTokenModule,
  type ApiTokenModuleRoot,
  ApiTokenPolicyGuard,
  ApiTokenRepository,
  ApiTokenService,
  ApiTokenStore,
  InMemoryApiTokenStore,
} from 'nestjs-api-token';
import { bearer, createApplication, startApplication } from '../support/application.js';
import { issueSecret, RepositoryController } from '../support/review-server.js';

const token = { prefix: 'acme' };

async function start(metadata: ModuleMetadata): Promise<unknown> {
  const app = await createApplication('Express', metadata);
  return app.init();
}

function root(options: Partial<ApiTokenModuleRoot>): ModuleMetadata {
  return { imports: [ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token, ...options })] };
}

describe('the start fails, and says what to write', () => {
  it('where the repository is missing', () => {
    const options = { token } as ApiTokenModuleRoot;
    expect(() => ApiTokenModule.forRoot(options)).toThrow('repository: InMemoryApiTokenStore');
    expect(() => (ApiTokenModule.forRoot as () => unknown)()).toThrow('repository is missing');
    expect(() => ApiTokenModule.forRootAsync({ useFactory: () => options } as never)).toThrow(
      'repository is missing',
    );
  });

  @Injectable({ scope: Scope.REQUEST })
  class RequestScoped extends InMemoryApiTokenStore {}

  @Injectable()
  class DependsOnRequest extends InMemoryApiTokenStore {
    constructor(@Inject(REQUEST) readonly request: unknown) {
      super();
    }
  }

  @Injectable({ scope: Scope.TRANSIENT })
  class Transient extends InMemoryApiTokenStore {}

  it.each<[string, Partial<ApiTokenModuleRoot>, string]>([
    [
      'where the repository has no findByDigest',
      { repository: { useValue: {} as ApiTokenRepository } },
      'findByDigest',
    ],
    ['where the repository is null', { repository: { useValue: null as never } }, 'findByDigest'],
    [
      'where the repository is of request scope',
      { repository: RequestScoped },
      'repository must not be of request',
    ],
    ['where a dependency of it is', { repository: DependsOnRequest }, 'repository must not be of request'],
    [
      'where it is by another name',
      { repository: { useExisting: RequestScoped }, extraProviders: [RequestScoped] },
      'repository must not be of request',
    ],
    [
      'where it is made by a factory of request scope',
      { repository: { useFactory: (() => new InMemoryApiTokenStore()) as never, inject: [REQUEST] } },
      'repository must not be of request',
    ],
    [
      'where the repository is transient',
      { repository: Transient },
      'repository must not be of request or transient',
    ],
    [
      'where the owner provider is of request scope',
      { ownerProvider: RequestScoped as never },
      'ownerProvider must not be',
    ],
    ['where the owner provider has no load()', { ownerProvider: { useValue: {} as never } }, 'load()'],
    ['where the prefix is missing', { token: undefined as never }, "token: { prefix: 'acme' }"],
    ['where the prefix has a dash', { token: { prefix: 'a-b' } }, 'not "a-b"'],
    ['where the prefix is too long', { token: { prefix: 'a'.repeat(15) } }, 'up to 13'],
    [
      'where an accepted prefix is wrong',
      { token: { prefix: 'acme', acceptedPrefixes: ['Old'] } },
      'not "Old"',
    ],
    [
      'where a pepper is short',
      { token: { prefix: 'acme', peppers: { current: 'a', keys: { a: 'short' } } } },
      '16 bytes',
    ],
    [
      'where the pepper is not there',
      { token: { prefix: 'acme', peppers: { current: 'b', keys: { a: 'a'.repeat(16) } } } },
      '"b"',
    ],
    [
      'where a key ID can be mistaken',
      { token: { prefix: 'acme', peppers: { current: 'sha256', keys: { sha256: 'a'.repeat(16) } } } },
      'not sha256',
    ],
    ['where the quota is none', { maxTokensPerOwner: 0 }, 'maxTokensPerOwner'],
    ['where the flush is no time', { lastUsed: { flushMs: -1 } }, 'lastUsed.flushMs'],
    ['where lifetimes contradict', { lifetimes: { minimumMs: 2, maximumMs: 1 } }, 'minimumMs is longer'],
    [
      'where the default lifetime is out of bounds',
      { lifetimes: { defaultMs: 3, maximumMs: 1 } },
      'must be between',
    ],
    [
      'where a deprecated format is not there',
      { token: { prefix: 'acme', formats: { deprecated: ['legacy_sha1'] } } },
      'no accepted format',
    ],
    ['where the deadline is no number', { deadlineMs: Number.NaN }, 'deadlineMs'],
    ['where the cache lives for no time', { cache: { lifetimeMs: 0 } }, 'cache.lifetimeMs'],
  ])('%s', async (_, options, message) => {
    await expect(start(root(options))).rejects.toThrow(message);
  });

  it('where there is a second root', async () => {
    const other = ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token: { prefix: 'other' } });
    await expect(start({ imports: [...root({}).imports!, other] })).rejects.toThrow('more than once');

    @Module({ imports: [other] })
    class Feature {}
    await expect(start({ imports: [...root({}).imports!, Feature] })).rejects.toThrow('more than once');
  });

  it('where the in-memory store is there twice', async () => {
    await expect(start({ ...root({}), providers: [InMemoryApiTokenStore] })).rejects.toThrow('useExisting');
  });

  it('W08 where the guard is bound without the module', async () => {
    const app = createApplication('Express', {
      controllers: [RepositoryController],
      providers: [ApiTokenPolicyGuard, { provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }],
    });
    await expect(app).rejects.toThrow('ApiTokenGuardServices');
  });

  it('W19 where the options can not be made', async () => {
    const failing = ApiTokenModule.forRootAsync({
      repository: InMemoryApiTokenStore,
      useFactory: () => Promise.reject(new Error('no configuration')),
    });
    await expect(start({ imports: [failing] })).rejects.toThrow('no configuration');
  });

  it('where the options factory returns what has to stand beside it', async () => {
    const misplaced = ApiTokenModule.forRootAsync({
      repository: InMemoryApiTokenStore,
      useFactory: () => ({ token, repository: InMemoryApiTokenStore }),
    });
    await expect(start({ imports: [misplaced] })).rejects.toThrow('must stand beside useFactory');
  });

  it('where the options are of request scope', async () => {
    const scoped = ApiTokenModule.forRootAsync({
      repository: InMemoryApiTokenStore,
      useFactory: (() => ({ token })) as never,
      inject: [REQUEST],
    });
    await expect(start({ imports: [scoped] })).rejects.toThrow('The options must not be of request');
  });
});

describe('forRootAsync', () => {
  const PREFIX = 'PREFIX';

  @Module({ providers: [{ provide: PREFIX, useValue: 'async' }], exports: [PREFIX] })
  class Configuration {}

  @Injectable()
  class OptionsFactory {
    createApiTokenOptions() {
      return { token: { prefix: 'made' } };
    }
  }

  it.each([
    [
      'a factory',
      {
        imports: [Configuration],
        inject: [PREFIX],
        useFactory: async (prefix: string) => ({ token: { prefix } }),
      },
      /^async_/,
    ],
    ['a class', { useClass: OptionsFactory }, /^made_/],
    ['a provider', { useExisting: OptionsFactory, extraProviders: [OptionsFactory] }, /^made_/],
  ])('takes the options of %s', async (_, options, secret) => {
    const server = await startApplication('Express', {
      imports: [ApiTokenModule.forRootAsync({ repository: InMemoryApiTokenStore, ...options } as never)],
      controllers: [RepositoryController],
      providers: [{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }],
    });
    const issued = await issueSecret(server, 'full-access');
    expect(issued).toMatch(secret);
    expect((await server.send('GET', '/repositories', bearer(issued))).status).toBe(200);
    expect((await server.send('GET', '/repositories')).status).toBe(401);
  });
});

describe('the module', () => {
  it('gives the store as repository and as store: one instance', async () => {
    const app = await createApplication('Express', root({}));
    await app.init();
    expect(app.get(ApiTokenRepository)).toBeInstanceOf(InMemoryApiTokenStore);
    expect(app.get(ApiTokenStore)).toBe(app.get(ApiTokenRepository));
  });

  it('issues tokens in onModuleInit, with policies checked against the routes', async () => {
    @Injectable()
    class Seeds implements OnModuleInit {
      error: unknown;

      constructor(private readonly tokens: ApiTokenService) {}

      async onModuleInit() {
        await this.tokens.issue({
          ownerId: 'o',
          policy: { resources: { repository: { '1': { block: ['*'] } } } },
        });
        this.error = await this.tokens
          .issue({ ownerId: 'o', policy: { resources: { repositry: { '01': { block: ['*'] } } } } })
          .catch((error: unknown) => error);
      }
    }
    const app = await createApplication('Express', {
      ...root({}),
      controllers: [RepositoryController],
      providers: [Seeds, { provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }],
    });
    await app.init();
    expect(app.get(Seeds).error).toMatchObject({
      code: 'INVALID_TOKEN_POLICY',
      issues: [{ pointer: '/resources/repositry', message: expect.stringContaining('"repository"') }],
    });
  });

  it('isGlobal: false leaves the guard to the modules that import it', async () => {
    const app = createApplication('Express', {
      imports: [
        { module: class Feature {}, providers: [{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }] },
        ...root({ isGlobal: false }).imports!,
      ],
    });
    await expect(app).rejects.toThrow('ApiTokenPolicyGuard');
  });
});
