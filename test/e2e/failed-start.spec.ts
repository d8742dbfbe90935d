import { inspect } from 'node:util';
import { forwardRef, Inject, Injectable, Module, type ModuleMetadata, Scope } from '@nestjs/common';
import { APP_GUARD, REQUEST } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import {
  ApiTokenAuthenticator,
  ApiTokenModule,
  type ApiTokenModuleOptions,
  ApiTokenOwnerProvider,
  ApiTokenPolicyGuard,
  ApiTokenRepository,
  ApiTokenService,
  InMemoryApiTokenStore,
} from 'nestjs-api-token';
import { createApplication } from '../support/application.js';
import { ProjectController } from '../support/review-server.js';

const token = { prefix: 'acme' };

async function start(metadata: ModuleMetadata): Promise<unknown> {
  const app = await createApplication('Express', metadata);
  return app.init();
}

function root(options: Partial<ApiTokenModuleOptions>): ModuleMetadata {
  return { imports: [ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token, ...options })] };
}

describe('a part that is given a service that is made of it stops the start, which would wait for ever', () => {
  @Injectable()
  class AsksService extends InMemoryApiTokenStore {
    constructor(readonly tokens: ApiTokenService) {
      super();
    }
  }
  @Injectable()
  class AsksAuthenticator extends InMemoryApiTokenStore {
    @Inject(forwardRef(() => ApiTokenAuthenticator)) readonly authenticator!: ApiTokenAuthenticator;
  }
  @Injectable()
  class Owners extends ApiTokenOwnerProvider {
    constructor(readonly authenticator: ApiTokenAuthenticator) {
      super();
    }
    load = () => null;
  }
  const newStore = () => new InMemoryApiTokenStore();
  const optional = { token: ApiTokenService, optional: true };

  it.each<[string, Partial<ApiTokenModuleOptions>]>([
    ['repository is given ApiTokenService', { repository: AsksService }],
    ['repository is given ApiTokenService', { repository: { useClass: AsksService } }],
    ['repository is given ApiTokenAuthenticator', { repository: AsksAuthenticator }],
    [
      'repository is given ApiTokenService',
      { repository: { useFactory: newStore, inject: [ApiTokenService] } },
    ],
    ['repository is given ApiTokenService', { repository: { useFactory: newStore, inject: [optional] } }],
    ['ownerProvider is given ApiTokenAuthenticator', { ownerProvider: Owners }],
  ])('%s', (message, options) => {
    expect(() => root(options)).toThrow(`${message}, which is made of it. Inject ModuleRef instead`);
  });

  it('useFactory is given ApiTokenService', () => {
    const register = () =>
      ApiTokenModule.forRootAsync({
        repository: InMemoryApiTokenStore,
        inject: [ApiTokenService],
        useFactory: () => ({ token }),
      });
    expect(register).toThrow('useFactory is given ApiTokenService, which is made of it');
  });
});

describe('the start fails, and says what to write', () => {
  it('where the repository is missing', () => {
    const options = { token } as ApiTokenModuleOptions;
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

  it.each<[string, Partial<ApiTokenModuleOptions>, string]>([
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
      'where a pepper is a number',
      { token: { prefix: 'acme', peppers: { current: 'a', keys: { a: 1_234_567_890_123_456 as never } } } },
      'keys.a must be text or bytes',
    ],
    [
      'where a pepper is not set',
      { token: { prefix: 'acme', peppers: { current: 'a', keys: { a: undefined as never } } } },
      'keys.a must be text or bytes',
    ],
    [
      'where the pepper is not there',
      { token: { prefix: 'acme', peppers: { current: 'b', keys: { a: 'a'.repeat(16) } } } },
      'one of the keys: a.',
    ],
    [
      'where a key ID can be mistaken',
      { token: { prefix: 'acme', peppers: { current: 'sha256', keys: { sha256: 'a'.repeat(16) } } } },
      'not sha256',
    ],
    ['where the quota is none', { token: { prefix: 'acme', maxPerOwner: 0 } }, 'token.maxPerOwner'],
    ['where the flush is no time', { lastUsed: { flushMs: -1 } }, 'lastUsed.flushMs'],
    [
      'where lifetimes contradict',
      { token: { prefix: 'acme', lifetimes: { minimumMs: 2, maximumMs: 1 } } },
      'minimumMs is longer',
    ],
    [
      'where the default lifetime is out of bounds',
      { token: { prefix: 'acme', lifetimes: { defaultMs: 3, maximumMs: 1 } } },
      'must be between',
    ],
    [
      'where a deprecated format is not there',
      { token: { prefix: 'acme', formats: { deprecated: ['legacy_sha1'] } } },
      'no accepted format',
    ],
    ['where the deadline is no number', { timeouts: { lookupMs: Number.NaN } }, 'timeouts.lookupMs'],
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
      controllers: [ProjectController],
      providers: [ApiTokenPolicyGuard, { provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }],
    });
    await expect(app).rejects.toThrow('Import ApiTokenModule.forRoot() in the root module');
  });

  const fail = () => {
    throw new Error('no configuration');
  };
  const reject = () => Promise.reject(new Error('no configuration'));
  it.each<[string, object, string]>([
    ['the options factory throws', { useFactory: fail }, 'no configuration'],
    ['the options factory rejects', { useFactory: reject }, 'no configuration'],
    [
      'the options class rejects',
      {
        useClass: class {
          createApiTokenOptions = reject;
        },
      },
      'no configuration',
    ],
    ['the options factory returns nothing', { useFactory: () => undefined }, 'returned no options'],
    ['the options factory returns null', { useFactory: async () => null }, 'returned no options'],
    [
      'the repository factory rejects',
      { useFactory: () => ({ token }), repository: { useFactory: reject } },
      'no configuration',
    ],
    [
      'the owner provider factory throws',
      { useFactory: () => ({ token }), ownerProvider: { useFactory: fail } },
      'no configuration',
    ],
  ])('W19 where %s', async (_, options, message) => {
    const failing = () =>
      start({
        imports: [ApiTokenModule.forRootAsync({ repository: InMemoryApiTokenStore, ...options } as never)],
      });
    await expect(failing()).rejects.toThrow(message);
  });

  it.each([
    [
      'put where its ID belongs',
      { current: 'a-pepper-of-many-bytes', keys: { a: 'a-pepper-of-many-bytes' } },
    ],
    ['no text', { current: 'a', keys: { a: 1_234_567_890_123_456 as never } }],
    ['too short', { current: 'a', keys: { a: 'a-pepper' } }],
  ])('O01 where a pepper is %s, without repeating it', async (_, peppers) => {
    const error = await start(root({ token: { prefix: 'acme', peppers } })).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'API_TOKEN_CONFIGURATION' });
    expect(inspect(error)).not.toMatch(/a-pepper|123456789/);
  });

  it('where the options factory returns what has to stand beside it', async () => {
    const misplaced = ApiTokenModule.forRootAsync({
      repository: InMemoryApiTokenStore,
      useFactory: () => ({ token, repository: InMemoryApiTokenStore as never }),
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
