import { afterEach } from '@jest/globals';
import { Logger, type Type } from '@nestjs/common';
import {
  ApplicationConfig,
  type DiscoveryService,
  type HttpAdapterHost,
  ModulesContainer,
} from '@nestjs/core';
import {
  type ApiTokenEvent,
  ApiTokenAuthenticator,
  ApiTokenEvents,
  type ApiTokenModuleOptions,
  ApiTokenPolicyGuard,
  type ApiTokenRepository,
  ApiTokenService,
  InMemoryApiTokenStore,
  PolicyEvaluator,
} from 'nestjs-api-token';
import { ApiTokenCache } from '../../lib/authentication/api-token-cache.js';
import { ApiTokenReader } from '../../lib/authentication/api-token-reader.js';
import type { AuthenticatedEntry } from '../../lib/authentication/authenticated-entry.js';
import { DigestMigration } from '../../lib/authentication/digest-migration.js';
import { LastUseRecorder } from '../../lib/authentication/last-use-recorder.js';
import { TokenLoader } from '../../lib/authentication/token-loader.js';
import type { AuthorizerSource } from '../../lib/guards/authorizer-source.js';
import { DecisionObservers } from '../../lib/guards/decision-observer.js';
import { RequestAuthorizer } from '../../lib/guards/request-authorizer.js';
import { TokenWriter } from '../../lib/management/token-writer.js';
import { ApplicationEnd } from '../../lib/module/application-end.js';
import { LastWrites } from '../../lib/module/last-writes.js';
import { resolveOptions } from '../../lib/module/resolve-options.js';
import { RequestContexts } from '../../lib/request/request-contexts.js';
import { checkedClock } from '../../lib/resilience/checked-clock.js';
import { StoreAccess } from '../../lib/resilience/store-access.js';
import { applicationHandlers } from '../../lib/routes/application-handlers.js';
import type { ExternalHandlers } from '../../lib/routes/external-handlers.js';
import { HandlerFunctions, markHandler } from '../../lib/routes/handler-functions.js';
import { RouteRegistry } from '../../lib/routes/route-registry.js';
import { SecretDigester } from '../../lib/secrets/secret-digester.js';
import { SecretFormats } from '../../lib/secrets/secret-formats.js';
import { COPY } from '../../lib/utils/copy-of-package.js';
import { REVIEW_CONTROLLERS } from './review-server.js';

// As the applications of the tests: what is logged is tested where it matters.
Logger.overrideLogger(false);

const END_HOOKS = ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'] as const;

const running = new Set<() => Promise<void>>();

afterEach(async () => {
  const ended = [...running];
  running.clear();
  await Promise.all(ended.map((end) => end()));
});

/**
 * The services of the package, made by their constructors and without Nest, with every event that they emit. They know the
 * routes of the review server, or of other controllers, and end after the test.
 */
export function newServices<Store extends InMemoryApiTokenStore = InMemoryApiTokenStore>({
  store = new InMemoryApiTokenStore() as Store,
  controllers = REVIEW_CONTROLLERS,
  repository: provider,
  ownerProvider,
  ...options
}: Partial<ApiTokenModuleOptions> & {
  readonly store?: Store;
  readonly controllers?: readonly Type[];
} = {}) {
  const given = resolveOptions({ token: { prefix: 'acme' }, ...options });
  const { token, policies, cache: limits, timeouts, requests, errors } = given;
  const repository: ApiTokenRepository = provider === undefined ? store : instanceOf(provider);
  const owners = ownerProvider === undefined ? null : instanceOf(ownerProvider);

  const emitter = new ApiTokenEvents();
  const events: ApiTokenEvent[] = [];
  emitter.subscribe((event) => events.push(event));
  const clock = given.clock === null ? Date.now : checkedClock(given.clock, emitter);
  const registry = new RouteRegistry(
    routesOf(controllers),
    policies.defaultTokenAccess,
    given.audit.knownPipes,
  );
  registry.complete();
  const formats = new SecretFormats(token, emitter);
  const digester = new SecretDigester(token.peppers);
  const access = new StoreAccess(repository, timeouts.managementMs);

  const cache = new ApiTokenCache<AuthenticatedEntry>(limits);
  const reader = new ApiTokenReader(registry, emitter, policies.unknownIds, clock);
  const lastUse = new LastUseRecorder(access, emitter, given.lastUsed?.flushMs ?? null);
  const migration = new DigestMigration(access, emitter);
  const loader = new TokenLoader(
    repository,
    owners,
    formats,
    digester,
    reader,
    migration,
    emitter,
    timeouts.lookupMs,
  );
  const authenticator = new ApiTokenAuthenticator(loader, cache, formats, digester, lastUse, emitter, clock);
  const evaluator = new PolicyEvaluator(policies.defaultDecision);

  const rules = {
    clock,
    catalog: registry,
    lifetimes: token.lifetimes,
    maxPerOwner: token.maxPerOwner,
    defaultDecision: policies.defaultDecision,
  };
  const writer = new TokenWriter(access, cache, formats, digester, rules);
  const tokens = new ApiTokenService(rules, access, writer, cache, reader, emitter);

  const contexts = new RequestContexts(requests.contexts, emitter, RESPONSES);
  const authorizer = new RequestAuthorizer(
    registry,
    contexts,
    formats,
    authenticator,
    evaluator,
    new DecisionObservers(),
    emitter,
    { ...requests, ...errors },
  );
  const source = { copy: COPY, authorizer } as unknown as AuthorizerSource;

  const end = new ApplicationEnd();
  const writes = new LastWrites(lastUse, migration, emitter, timeouts.managementMs);
  end.listen((hook) => writes.write(hook));
  /** What an application does at its end. */
  const close = async (): Promise<void> => {
    running.delete(close);
    for (const hook of END_HOOKS) await end.reach(hook);
  };
  running.add(close);

  return {
    store,
    tokens,
    evaluator,
    events,
    cache,
    authenticator,
    authorizer,
    guard: new ApiTokenPolicyGuard(source),
    close,
    /** `ok`, or the reason of the rejection. */
    authenticate: async (secret: string): Promise<string> => {
      const answer = await authenticator.authenticate(secret);
      return answer.ok ? 'ok' : answer.reason;
    },
  };
}

function instanceOf<T>(provider: (new () => T) | { readonly useValue?: T } | object): T {
  if (typeof provider === 'function') return new (provider as new () => T)();
  return (provider as { readonly useValue: T }).useValue;
}

/** Reads and writes the headers of what tests give for a response. */
const RESPONSES = {
  httpAdapter: {
    getHeader: (response: { get(name: string): unknown }, name: string) => response.get(name),
    setHeader: (response: { set(name: string, value: string): unknown }, name: string, value: string) =>
      response.set(name, value),
  },
} as unknown as HttpAdapterHost;

/** What a {@link RouteRegistry} asks of an application, of nothing but its controllers. */
function routesOf(controllers: readonly Type[]): ConstructorParameters<typeof RouteRegistry>[0] {
  const wrappers = controllers.map((metatype) => ({
    metatype,
    instance: new metatype() as object,
    isDependencyTreeStatic: () => true,
  }));
  const discovery = {
    getControllers: () => wrappers,
    getProviders: () => [],
  } as unknown as DiscoveryService;
  const external = { all: [] } as unknown as ExternalHandlers;
  const handlers = applicationHandlers(
    discovery,
    new ModulesContainer(),
    new ApplicationConfig(),
    external,
    () => false,
  );
  for (const { controller, method, methodName } of handlers) markHandler(method, controller, methodName);
  return {
    handlers: () => handlers,
    functions: () => new HandlerFunctions(discovery),
    globalPipes: () => [],
  };
}
