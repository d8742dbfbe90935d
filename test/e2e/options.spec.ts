import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { type ExecutionContext, Injectable, type ModuleMetadata } from '@nestjs/common';
import {
  type ApiTokenModuleAsyncOptions,
  ApiTokenModule,
  ApiTokenConfigurationError,
  type ApiTokenFactoryOptions,
  DefaultTokenGenerator,
  InMemoryApiTokenStore,
  LegacySha1TokenFormat,
} from 'nestjs-api-token';
import { createApplication, PLATFORMS, startApplication } from '../support/application.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

const token = { prefix: 'acme' };

/** The message that an application stops with when its root module is made or started; undefined where it starts. */
async function messageOf(imports: () => ModuleMetadata['imports']): Promise<string | undefined> {
  try {
    const app = await createApplication('Express', { imports: imports()! });
    await app.init();
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiTokenConfigurationError)) return `another error: ${inspect(error)}`;
    return error.message;
  }
}

const inRoot = (options: object) => () => [
  ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token, ...options }),
];
const inFactory = (options: object) => () => [
  ApiTokenModule.forRootAsync({
    repository: InMemoryApiTokenStore,
    useFactory: async () => ({ token, ...options }),
  } as ApiTokenModuleAsyncOptions),
];
const inClass = (options: object) => () => {
  @Injectable()
  class Factory {
    createApiTokenOptions() {
      return { token, ...options };
    }
  }
  return [ApiTokenModule.forRootAsync({ repository: InMemoryApiTokenStore, useClass: Factory })];
};

const format = { id: 'own', claims: () => false, hasShape: () => false, hasValidChecksum: () => false };

describe.each([
  ['forRoot', inRoot],
  ['the answer of a factory', inFactory],
  ['the answer of a class', inClass],
])('RO01 options in %s', (_, place) => {
  it.each<[object, string]>([
    [
      { policies: { defaultTokenAccess: 'false' } },
      'policies.defaultTokenAccess must be true or false, not "false"',
    ],
    [
      { policies: { defaultTokenAccess: null } },
      'policies.defaultTokenAccess must be true or false, not null',
    ],
    [{ errors: { explainDenials: 'false' } }, 'errors.explainDenials must be true or false, not "false"'],
    [{ errors: { explainDenials: 0 } }, 'errors.explainDenials must be true or false, not 0'],
    [
      { requests: { credentials: 'Optional' } },
      "requests.credentials must be 'required' or 'optional', not \"Optional\"",
    ],
    [{ requests: { credentials: true } }, "requests.credentials must be 'required' or 'optional', not true"],
    [
      { requests: { credentials: ['optional'] } },
      "requests.credentials must be 'required' or 'optional', not a list",
    ],
    [{ policies: { defaultDecision: 'denied' } }, "policies.defaultDecision must be 'allow' or 'deny'"],
    [{ policies: { unknownIds: false } }, "policies.unknownIds must be 'report' or 'deny'"],
    [{ cache: 'false' }, 'cache must be false or an object, not "false"'],
    [{ cache: true }, 'cache must be false or an object, not true'],
    [{ cache: null }, 'cache must be false or an object, not null'],
    [{ cache: { maxToken: 1 } }, 'cache.maxToken is not known. Did you mean cache.maxTokens?'],
    [{ cache: { lifetimeMs: '5000' } }, 'cache.lifetimeMs must be a whole number over 0, not "5000"'],
    [{ cache: { lifetimeMs: 2 ** 31 } }, 'cache.lifetimeMs must be at most 2147483647, not 2147483648'],
    [{ lastUsed: 'no' }, 'lastUsed must be false or an object, not "no"'],
    [{ lastUsed: { everyMs: 5 } }, 'lastUsed.everyMs is not known. Known are flushMs'],
    [{ token: { prefix: 'acme', lifetimes: { maxMs: 1 } } }, 'token.lifetimes.maxMs is not known'],
    [{ token: { prefix: 'acme', lifetimes: 1 } }, 'token.lifetimes must be an object, not 1'],
    [{ token: { prefix: 'acme', lifetimes: [] } }, 'token.lifetimes must be an object, not a list'],
    [
      { token: { prefix: 'acme', lifetimes: { maximumMs: '1' } } },
      'token.lifetimes.maximumMs must be a whole number over 0',
    ],
    [{ token: { prefix: 'acme', maxPerOwner: '5' } }, 'token.maxPerOwner must be a whole number over 0'],
    [
      { token: { prefix: 'acme', maxPerOwner: 5n } },
      'token.maxPerOwner must be a whole number over 0, not 5',
    ],
    [{ timeouts: { lookupMs: 1.5 } }, 'timeouts.lookupMs must be a whole number over 0, not 1.5'],
    [{ timeouts: { managementMs: Infinity } }, 'timeouts.managementMs must be a whole number over 0'],
    [{ requests: { headers: 'x-api-key' } }, 'requests.headers must be a list, not "x-api-key"'],
    [{ requests: { headers: ['x-api-key', 7] } }, 'requests.headers[1] must be the name of a header'],
    [{ requests: { contexts: { http: 'skip' } } }, "requests.contexts.http can't be set"],
    [{ requests: { contexts: { http: 'deny' } } }, "requests.contexts.http can't be set"],
    [
      { requests: { contexts: { rpc: 'skipp' } } },
      "requests.contexts.rpc must be 'deny', 'skip' or an adapter, not \"skipp\"",
    ],
    [
      { requests: { contexts: { rpc: true } } },
      "requests.contexts.rpc must be 'deny', 'skip' or an adapter, not true",
    ],
    [
      { requests: { contexts: { rpc: {} } } },
      'requests.contexts.rpc must be an ApiTokenContextAdapter with read(), carrier()',
    ],
    [
      { requests: { contexts: { rpc: null } } },
      'requests.contexts.rpc must be an ApiTokenContextAdapter with read(), carrier()',
    ],
    [{ requests: { contexts: 'skip' } }, 'requests.contexts must be an object, not "skip"'],
    [{ requests: { skipIf: true } }, 'requests.skipIf must be a function, not true'],
    [{ errors: { exceptionFactory: {} } }, 'errors.exceptionFactory must be a function, not an object'],
    [{ clock: 5 }, 'clock must be a function, not 5'],
    [{ audit: false }, "audit must be 'error' or 'warn' or 'strict', not false"],
    [{ audit: 'off' }, "audit must be 'error' or 'warn' or 'strict', not \"off\""],
    [{ audit: { level: 'none' } }, 'audit.level must be'],
    [{ audit: { levl: 'warn' } }, 'audit.levl is not known. Did you mean audit.level?'],
    [{ audit: { outside: '/api' } }, 'audit.outside must be a list, not "/api"'],
    [{ audit: { outside: ['/api/*/x'] } }, 'audit.outside[0] must be a path'],
    [{ audit: { compositeGuards: ['OrGuard'] } }, 'audit.compositeGuards[0] must be a class, not "OrGuard"'],
    [{ audit: { knownPipes: [{}] } }, 'audit.knownPipes[0] must be a class, not an object'],
    [{ strict: true }, 'strict is not known'],
    [
      { policies: { defaultTokenAcces: false } },
      'policies.defaultTokenAcces is not known. Did you mean policies.defaultTokenAccess?',
    ],
    [{ defaultTokenAccess: false }, 'defaultTokenAccess must stand in policies: { defaultTokenAccess: ... }'],
    [{ lookupMs: 5 }, 'lookupMs must stand in timeouts: { lookupMs: ... }'],
    [{ prefix: 'acme' }, 'prefix must stand in token: { prefix: ... }'],
    [{ requests: 'optional' }, 'requests must be an object, not "optional"'],
    [
      { timeouts: { lookupMs: 5, lookUpMs: 5 } },
      'timeouts.lookUpMs is not known. Did you mean timeouts.lookupMs?',
    ],
    [
      { requests: { credential: 'optional' } },
      'requests.credential is not known. Did you mean requests.credentials?',
    ],
    [{ token: 'acme' }, 'token must be an object, not "acme"'],
    [{ token: { prefix: 'acme', pepper: 'a' } }, 'token.pepper is not known. Did you mean token.peppers?'],
    [{ token: {} }, "token.prefix is missing: write token: { prefix: 'acme' }"],
    [
      { token: { prefix: 'acme', acceptedPrefixes: 'old' } },
      'token.acceptedPrefixes must be a list, not "old"',
    ],
    [{ token: { prefix: 'acme', peppers: {} } }, 'token.peppers.current is missing'],
    [{ token: { prefix: 'acme', formats: { accepted: LegacySha1TokenFormat } } }, 'must be a list'],
    [
      { token: { prefix: 'acme', formats: { accepted: [LegacySha1TokenFormat] } } },
      'token.formats.accepted[0] must be an ApiTokenFormat with claims(), hasShape(), hasValidChecksum(), not the class',
    ],
    [
      { token: { prefix: 'acme', formats: { issued: format } } },
      'token.formats.issued must be an ApiTokenGenerator with claims(), hasShape(), hasValidChecksum(), generate(), validate()',
    ],
    [
      { token: { prefix: 'acme', formats: { accepted: [{ ...format, id: 5 }] } } },
      'token.formats.accepted[0].id must be text, not 5',
    ],
    [
      { token: { prefix: 'acme', formats: { deprecated: 'own' } } },
      'token.formats.deprecated must be a list',
    ],
    [{ token: { prefix: 'acme', format: {} } }, 'Did you mean token.formats?'],
  ])('%j stop the start', async (options, message) => {
    expect(await messageOf(place(options))).toContain(message);
  });

  it('all problems are said at once', async () => {
    const message = await messageOf(
      place({
        cache: 'false',
        token: { prefix: 'acme', lifetimes: { maxMs: 1 } },
        requests: { skipIf: 'no' },
      }),
    );
    for (const name of ['cache must', 'token.lifetimes.maxMs', 'requests.skipIf must'])
      expect(message).toContain(name);
  });

  it.each([
    { cache: undefined, requests: { headers: undefined }, policies: undefined, audit: undefined },
    { token: { prefix: 'acme', lifetimes: { maximumMs: undefined }, maxPerOwner: undefined } },
    { cache: { maxTokens: undefined, lifetimeMs: 5 }, lastUsed: { flushMs: undefined }, audit: {} },
    { cache: false, lastUsed: false, audit: { level: 'warn', outside: ['/api', '/api/*'] } },
    {
      requests: {
        contexts: {
          rpc: { read: () => ({}), carrier: () => ({}) },
          ws: 'skip',
          graphql: 'deny',
          rmq: undefined,
        },
      },
    },
    {
      token: {
        prefix: 'acme',
        formats: { accepted: [format, new LegacySha1TokenFormat()], deprecated: ['own'] },
      },
    },
    { token: { prefix: 'acme', formats: { issued: new DefaultTokenGenerator({ prefix: 'other' }) } } },
  ])('%j start', async (options) => {
    expect(await messageOf(place(options))).toBeUndefined();
  });

  it.each([
    'a-secret-pepper-of-32-characters',
    { current: 12_345_678_901, keys: {} },
    { current: 'a', keys: 'a-secret-pepper' },
  ])('no message repeats a pepper that stands in the wrong place: %j', async (peppers) => {
    const message = await messageOf(place({ token: { ...token, peppers } }));
    expect(message).toContain('token.peppers');
    expect(message).not.toMatch(/a-secret|12345678901/);
  });
});

describe.each(PLATFORMS)('RO02 a header that is named twice on %s', (platform) => {
  it('counts once', async () => {
    const server = await startApplication(
      platform,
      reviewServer({ requests: { headers: ['X-API-Key', 'x-api-key', 'X-Api-Key'] } }),
    );
    const secret = await issueSecret(server, 'full-access');
    expect((await server.send('GET', '/server-info', ['X-API-Key', secret])).status).toBe(200);
    expect(
      (await server.send('GET', '/server-info', ['X-API-Key', secret, 'x-api-key', secret])).status,
    ).toBe(400);
  });
});

describe('RO01 options that are no plain object', () => {
  it('count with what their class computes, and stop the start where that is misspelled', async () => {
    class Base {
      get token() {
        return token;
      }
    }
    class Config extends Base {
      readonly errors = { explainDenials: true };
      get cache() {
        return { lifetimeMs: '5' };
      }
      get policie() {
        return {};
      }
    }
    const message = await messageOf(() => [
      ApiTokenModule.forRootAsync({
        repository: InMemoryApiTokenStore,
        useFactory: () => new Config() as never,
      }),
    ]);
    expect(message).toContain('cache.lifetimeMs must be');
    expect(message).toContain('Did you mean policies?');
    expect(message).not.toContain('token');
  });

  it('are read once', async () => {
    let reads = 0;
    const options = {
      token,
      errors: {
        get explainDenials() {
          reads += 1;
          return reads > 1 ? 'true' : false;
        },
      },
    };
    expect(
      await messageOf(() => [
        ApiTokenModule.forRootAsync({
          repository: InMemoryApiTokenStore,
          useFactory: () => options as never,
        }),
      ]),
    ).toBeUndefined();
    expect(reads).toBe(1);
  });

  it('take nothing from Object.prototype', async () => {
    const everything: object = Object.prototype;
    Object.assign(everything, { cache: 'poison' });
    try {
      expect(await messageOf(inFactory({}))).toBeUndefined();
    } finally {
      Reflect.deleteProperty(everything, 'cache');
    }
  });
});

describe('RO01 what stands beside the options', () => {
  it.each<[object, string]>([
    [{ isGlobal: 'false' }, 'isGlobal must be true or false, not "false"'],
    [{ imports: {} }, 'imports must be a list'],
    [{ extraProviders: InMemoryApiTokenStore }, 'extraProviders must be a list'],
    [{ repository: {} }, 'repository must have one of useFactory, useClass, useExisting, useValue'],
    [{ repository: null }, 'repository must be a class or a provider'],
    [{ repository: 'store' }, 'repository must be a class or a provider'],
    [{ repository: new InMemoryApiTokenStore() }, 'repository must have one of'],
    [{ repository: { useClas: InMemoryApiTokenStore } }, 'Did you mean repository.useClass?'],
    [{ repository: { useClass: undefined } }, 'repository must have one of'],
    [{ repository: { useClass: {} } }, 'repository.useClass must be a class, not an object'],
    [{ repository: { useFactory: {} } }, 'repository.useFactory must be a function'],
    [
      { repository: { useClass: InMemoryApiTokenStore, useValue: new InMemoryApiTokenStore() } },
      'repository must have one of',
    ],
    [{ ownerProvider: {} }, 'ownerProvider must have one of'],
    [{ ownerProvider: null }, 'ownerProvider must be a class or a provider'],
    [{ ownerProvider: { load: () => null } }, 'ownerProvider.load is not known'],
  ])('%j stops the start, beside useFactory too', async (part, message) => {
    const root = { repository: InMemoryApiTokenStore, ...part };
    expect(await messageOf(() => [ApiTokenModule.forRoot({ token, ...root } as never)])).toContain(message);
    const asyncRoot = { useFactory: () => ({ token }), ...root };
    expect(await messageOf(() => [ApiTokenModule.forRootAsync(asyncRoot as never)])).toContain(message);
  });

  it.each<[object, string]>([
    [
      { useFactory: () => ({ token }), requests: { headers: ['x-api-key'] } },
      'requests must be in what the factory returns',
    ],
    [{ useFactory: () => ({ token }), request: {} }, 'Did you mean requests?'],
    [
      { useFactory: () => ({ token }), headers: [] },
      'headers must stand in requests: { headers: ... }, in what the factory returns',
    ],
    [{ useFactory: { token } }, 'useFactory must be a function'],
    [{}, 'one of useFactory, useClass and useExisting'],
    [{ useFactory: () => ({ token }), useClass: InMemoryApiTokenStore }, 'one of useFactory'],
    [{ useFactory: () => ({ token }), inject: 'config' }, 'inject must be a list'],
  ])('forRootAsync(%j) stops the start', async (root, message) => {
    const asyncRoot = { repository: InMemoryApiTokenStore, ...root };
    expect(await messageOf(() => [ApiTokenModule.forRootAsync(asyncRoot as never)])).toContain(message);
  });

  it('is rejected by the compiler in what a factory answers', () => {
    const misspelled = () =>
      ApiTokenModule.forRootAsync({
        repository: InMemoryApiTokenStore,
        // @ts-expect-error `credential` is not an option.
        useFactory: () => ({ token, requests: { credential: 'optional' as const } }),
      });
    const nested = () =>
      ApiTokenModule.forRootAsync({
        repository: InMemoryApiTokenStore,
        // @ts-expect-error `maxMs` is not an option.
        useFactory: async () => ({ token, cache: { lifetimeMs: 5, maxMs: 5 } }),
      });
    const wrong = () =>
      ApiTokenModule.forRootAsync({
        repository: InMemoryApiTokenStore,
        // @ts-expect-error A flag is true or false.
        useFactory: () => ({ token, errors: { explainDenials: 'false' } }),
      });
    const right = () =>
      ApiTokenModule.forRootAsync({
        repository: InMemoryApiTokenStore,
        inject: ['config'],
        useFactory: async (config: { prefix: string }) => ({
          token: { prefix: config.prefix, acceptedPrefixes: ['old'] },
          requests: {
            credentials: 'optional',
            contexts: { rpc: 'skip' },
            skipIf: (context: ExecutionContext) => context.getType() === 'http',
          },
          cache: false,
          audit: { outside: ['/api/*'] },
        }),
      });
    const made = async (isCached: boolean): Promise<ApiTokenFactoryOptions> => ({
      token,
      ...(isCached ? {} : { cache: false }),
    });
    const annotated = () =>
      ApiTokenModule.forRootAsync({ repository: InMemoryApiTokenStore, useFactory: made, inject: ['flag'] });
    const either = (isShort: boolean) =>
      ApiTokenModule.forRootAsync({
        repository: InMemoryApiTokenStore,
        useFactory: () => ({ token, ...(isShort && { cache: { lifetimeMs: 5 } }) }),
      });
    const root: ApiTokenModuleAsyncOptions = {
      repository: InMemoryApiTokenStore,
      useFactory: () => ({ token, cache: { lifetimeMs: 1 } }),
    };
    const apart = () => ApiTokenModule.forRootAsync(root);
    expect([misspelled, nested, wrong, right, annotated, either, apart]).toHaveLength(7);
  });
});

describe('RO02 names of headers', () => {
  it.each<[string, string]>([
    ['x api key', 'headers[0] must be the name of a header'],
    ['', 'headers[0] must be the name of a header'],
    ['x-api-key:', 'headers[0] must be the name of a header'],
    [':authority', 'headers[0] must be the name of a header'],
    ['x-api-key, x-token', 'headers[0] must be the name of a header'],
    ['schlüssel', 'headers[0] must be the name of a header'],
    ['Authorization', 'headers[0]: Authorization is always read. Leave it out'],
    ['Cookie', 'headers[0]: Cookie is used for something else'],
    ['host', 'headers[0]: host is used for something else'],
    ['Connection', 'headers[0]: Connection is used for something else'],
    ['proxy-authorization', 'is used for something else'],
  ])('%j stops the start', async (header, message) => {
    expect(await messageOf(inRoot({ requests: { headers: [header] } }))).toContain(message);
  });
});
