import type { Provider } from '@nestjs/common';
import {
  DiscoveryService,
  ExternalContextCreator,
  HttpAdapterHost,
  ModuleRef,
  ModulesContainer,
} from '@nestjs/core';
import { ApiTokenPolicyCatalog } from '../audit/api-token-policy-catalog.js';
import { BootAudit } from '../audit/boot-audit.js';
import { isPolicyGuardOn } from '../audit/bound-guards.js';
import { ServedContexts } from '../audit/served-contexts.js';
import { ServerRoutes } from '../audit/server-routes.js';
import { ApiTokenAuthenticator } from '../authentication/api-token-authenticator.js';
import { ApiTokenCache, type ApiTokenCacheEviction } from '../authentication/api-token-cache.js';
import type { ApiTokenOwnerProvider } from '../authentication/api-token-owner-provider.js';
import { ApiTokenReader } from '../authentication/api-token-reader.js';
import type { AuthenticatedEntry } from '../authentication/authenticated-entry.js';
import { DigestMigration } from '../authentication/digest-migration.js';
import { LastUseRecorder } from '../authentication/last-use-recorder.js';
import { PolicyEvaluator } from '../authentication/policy-evaluator.js';
import { TokenLoader } from '../authentication/token-loader.js';
import { ApiTokenEvents } from '../events/api-token-events.js';
import { ApiTokenPolicyGuard } from '../guards/api-token-policy.guard.js';
import { AUTHORIZER_SOURCE, AuthorizerSource } from '../guards/authorizer-source.js';
import { DecisionObservers } from '../guards/decision-observer.js';
import { RequestAuthorizer } from '../guards/request-authorizer.js';
import { ApiTokenService } from '../management/api-token.service.js';
import type { TokenRules } from '../management/token-rules.js';
import { TokenWriter } from '../management/token-writer.js';
import { RequestContexts } from '../request/request-contexts.js';
import { checkedClock } from '../resilience/checked-clock.js';
import { StoreAccess } from '../resilience/store-access.js';
import { HandlerDiscovery } from '../routes/handler-discovery.js';
import { RouteRegistry } from '../routes/route-registry.js';
import { SecretDigester } from '../secrets/secret-digester.js';
import { SecretFormats } from '../secrets/secret-formats.js';
import { ApiTokenRepository } from '../tokens/api-token-repository.js';
import { ApiTokenStore } from '../tokens/api-token-store.js';
import { ApplicationEnd } from './application-end.js';
import {
  CLOCK,
  OPTIONS,
  OWNER_PROVIDER,
  REPOSITORY,
  RESOLVED_OPTIONS,
  TOKEN_RULES,
} from './injection-tokens.js';
import { LastWrites } from './last-writes.js';
import { ModuleCheck } from './module-check.js';
import { type ResolvedOptions, resolveOptions } from './resolve-options.js';

/** Every part of the module, and what it is made of. Those that need no options are made at once, whatever the options wait for. */
export const SERVICE_PROVIDERS: readonly Provider[] = [
  ModuleCheck,
  ApiTokenEvents,
  DecisionObservers,
  { provide: AUTHORIZER_SOURCE, useClass: AuthorizerSource },
  ApiTokenPolicyGuard,
  ServerRoutes,
  {
    provide: HandlerDiscovery,
    useFactory: (
      discovery: DiscoveryService,
      modules: ModulesContainer,
      moduleRef: ModuleRef,
      creator: ExternalContextCreator,
    ) =>
      new HandlerDiscovery(discovery, modules, moduleRef, creator, (target) => isPolicyGuardOn(target, [])),
    inject: [DiscoveryService, ModulesContainer, ModuleRef, ExternalContextCreator],
  },

  { provide: RESOLVED_OPTIONS, useFactory: resolveOptions, inject: [OPTIONS] },
  {
    provide: CLOCK,
    useFactory: ({ clock }: ResolvedOptions, events: ApiTokenEvents) =>
      clock === null ? Date.now : checkedClock(clock, events),
    inject: [RESOLVED_OPTIONS, ApiTokenEvents],
  },
  { provide: ApiTokenRepository, useExisting: REPOSITORY },
  { provide: ApiTokenStore, useExisting: REPOSITORY },

  {
    provide: RouteRegistry,
    useFactory: (discovery: HandlerDiscovery, { policies, audit }: ResolvedOptions) =>
      new RouteRegistry(discovery, policies.defaultTokenAccess, audit.knownPipes),
    inject: [HandlerDiscovery, RESOLVED_OPTIONS],
  },
  {
    provide: SecretFormats,
    useFactory: ({ token }: ResolvedOptions, events: ApiTokenEvents) => new SecretFormats(token, events),
    inject: [RESOLVED_OPTIONS, ApiTokenEvents],
  },
  {
    provide: SecretDigester,
    useFactory: ({ token }: ResolvedOptions) => new SecretDigester(token.peppers),
    inject: [RESOLVED_OPTIONS],
  },
  {
    provide: StoreAccess,
    useFactory: (repository: ApiTokenRepository, { timeouts }: ResolvedOptions) =>
      new StoreAccess(repository, timeouts.managementMs),
    inject: [REPOSITORY, RESOLVED_OPTIONS],
  },

  {
    provide: ApiTokenCache,
    useFactory: ({ cache }: ResolvedOptions) => new ApiTokenCache<AuthenticatedEntry>(cache),
    inject: [RESOLVED_OPTIONS],
  },
  {
    provide: ApiTokenReader,
    useFactory: (
      registry: RouteRegistry,
      events: ApiTokenEvents,
      { policies }: ResolvedOptions,
      clock: () => number,
    ) => new ApiTokenReader(registry, events, policies.unknownIds, clock),
    inject: [RouteRegistry, ApiTokenEvents, RESOLVED_OPTIONS, CLOCK],
  },
  {
    provide: LastUseRecorder,
    useFactory: (store: StoreAccess, events: ApiTokenEvents, { lastUsed }: ResolvedOptions) =>
      new LastUseRecorder(store, events, lastUsed?.flushMs ?? null),
    inject: [StoreAccess, ApiTokenEvents, RESOLVED_OPTIONS],
  },
  {
    provide: DigestMigration,
    useFactory: (store: StoreAccess, events: ApiTokenEvents) => new DigestMigration(store, events),
    inject: [StoreAccess, ApiTokenEvents],
  },
  {
    provide: TokenLoader,
    useFactory: (
      repository: ApiTokenRepository,
      ownerProvider: ApiTokenOwnerProvider | null,
      formats: SecretFormats,
      digester: SecretDigester,
      reader: ApiTokenReader,
      migration: DigestMigration,
      events: ApiTokenEvents,
      { timeouts }: ResolvedOptions,
    ) =>
      new TokenLoader(
        repository,
        ownerProvider,
        formats,
        digester,
        reader,
        migration,
        events,
        timeouts.lookupMs,
      ),
    inject: [
      REPOSITORY,
      OWNER_PROVIDER,
      SecretFormats,
      SecretDigester,
      ApiTokenReader,
      DigestMigration,
      ApiTokenEvents,
      RESOLVED_OPTIONS,
    ],
  },
  {
    provide: ApiTokenAuthenticator,
    useFactory: (
      loader: TokenLoader,
      cache: ApiTokenCache<AuthenticatedEntry>,
      formats: SecretFormats,
      digester: SecretDigester,
      lastUse: LastUseRecorder,
      events: ApiTokenEvents,
      clock: () => number,
    ) => new ApiTokenAuthenticator(loader, cache, formats, digester, lastUse, events, clock),
    inject: [
      TokenLoader,
      ApiTokenCache,
      SecretFormats,
      SecretDigester,
      LastUseRecorder,
      ApiTokenEvents,
      CLOCK,
    ],
  },
  {
    provide: PolicyEvaluator,
    useFactory: ({ policies }: ResolvedOptions) => new PolicyEvaluator(policies.defaultDecision),
    inject: [RESOLVED_OPTIONS],
  },

  {
    provide: RequestContexts,
    useFactory: ({ requests }: ResolvedOptions, events: ApiTokenEvents, host: HttpAdapterHost) =>
      new RequestContexts(requests.contexts, events, host),
    inject: [RESOLVED_OPTIONS, ApiTokenEvents, HttpAdapterHost],
  },
  {
    provide: RequestAuthorizer,
    useFactory: (
      registry: RouteRegistry,
      contexts: RequestContexts,
      formats: SecretFormats,
      authenticator: ApiTokenAuthenticator,
      evaluator: PolicyEvaluator,
      observers: DecisionObservers,
      events: ApiTokenEvents,
      { requests, errors }: ResolvedOptions,
    ) =>
      new RequestAuthorizer(registry, contexts, formats, authenticator, evaluator, observers, events, {
        ...requests,
        ...errors,
      }),
    inject: [
      RouteRegistry,
      RequestContexts,
      SecretFormats,
      ApiTokenAuthenticator,
      PolicyEvaluator,
      DecisionObservers,
      ApiTokenEvents,
      RESOLVED_OPTIONS,
    ],
  },

  {
    provide: TOKEN_RULES,
    useFactory: (
      { token, policies }: ResolvedOptions,
      clock: () => number,
      catalog: RouteRegistry,
    ): TokenRules => ({
      clock,
      catalog,
      lifetimes: token.lifetimes,
      maxPerOwner: token.maxPerOwner,
      defaultDecision: policies.defaultDecision,
    }),
    inject: [RESOLVED_OPTIONS, CLOCK, RouteRegistry],
  },
  {
    provide: TokenWriter,
    useFactory: (
      store: StoreAccess,
      cache: ApiTokenCacheEviction,
      formats: SecretFormats,
      digester: SecretDigester,
      rules: TokenRules,
    ) => new TokenWriter(store, cache, formats, digester, rules),
    inject: [StoreAccess, ApiTokenCache, SecretFormats, SecretDigester, TOKEN_RULES],
  },
  {
    provide: ApiTokenService,
    useFactory: (
      rules: TokenRules,
      store: StoreAccess,
      writer: TokenWriter,
      cache: ApiTokenCacheEviction,
      reader: ApiTokenReader,
      events: ApiTokenEvents,
    ) => new ApiTokenService(rules, store, writer, cache, reader, events),
    inject: [TOKEN_RULES, StoreAccess, TokenWriter, ApiTokenCache, ApiTokenReader, ApiTokenEvents],
  },

  {
    provide: ApiTokenPolicyCatalog,
    useFactory: (
      moduleRef: ModuleRef,
      host: HttpAdapterHost,
      registry: RouteRegistry,
      { audit }: ResolvedOptions,
    ) => new ApiTokenPolicyCatalog(moduleRef, host, registry, audit.compositeGuards),
    inject: [ModuleRef, HttpAdapterHost, RouteRegistry, RESOLVED_OPTIONS],
  },
  {
    provide: BootAudit,
    useFactory: (
      catalog: ApiTokenPolicyCatalog,
      server: ServerRoutes,
      host: HttpAdapterHost,
      modules: ModulesContainer,
      options: ResolvedOptions,
    ) => new BootAudit(catalog, server, new ServedContexts(host, modules), options),
    inject: [ApiTokenPolicyCatalog, ServerRoutes, HttpAdapterHost, ModulesContainer, RESOLVED_OPTIONS],
  },
  {
    provide: LastWrites,
    useFactory: (
      end: ApplicationEnd,
      lastUse: LastUseRecorder,
      migration: DigestMigration,
      events: ApiTokenEvents,
      { timeouts }: ResolvedOptions,
    ) => {
      const writes = new LastWrites(lastUse, migration, events, timeouts.managementMs);
      end.listen((hook) => writes.write(hook));
      return writes;
    },
    inject: [ApplicationEnd, LastUseRecorder, DigestMigration, ApiTokenEvents, RESOLVED_OPTIONS],
  },
];

/** What applications may inject. */
export const EXPORTED_SERVICES = [
  ApiTokenEvents,
  ApiTokenRepository,
  ApiTokenStore,
  ApiTokenAuthenticator,
  PolicyEvaluator,
  ApiTokenService,
  AUTHORIZER_SOURCE,
  ApiTokenPolicyGuard,
  ApiTokenPolicyCatalog,
];
