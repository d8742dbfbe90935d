import { type DynamicModule, Module, type NestModule, type Provider } from '@nestjs/common';
import {
  DiscoveryModule,
  DiscoveryService,
  ExternalContextCreator,
  HttpAdapterHost,
  ModuleRef,
  ModulesContainer,
} from '@nestjs/core';
import type {
  ApiTokenAsyncOptions,
  ApiTokenModuleAsyncRoot,
  ApiTokenModuleExtras,
  ApiTokenModuleOptions,
  ApiTokenModuleRoot,
  ApiTokenOptionsFactory,
  ProviderOf,
} from './api-token-module-options.js';
import { NearestModule } from './application-end.js';
import {
  ApplicationProviders,
  OPTIONS,
  OWNER_PROVIDER,
  REPOSITORY,
  ROOT_MARK,
} from './application-providers.js';
import { ApiTokenPolicyCatalogue } from './audit/api-token-policy-catalogue.js';
import { applicationConfiguration, globalPipes } from './audit/application-configuration.js';
import { applicationHandlers } from './audit/application-handlers.js';
import { resolveAuditOptions } from './audit/audit-options.js';
import { BootAudit } from './audit/boot-audit.js';
import { ExternalHandlers } from './audit/external-handlers.js';
import { ServedContexts } from './audit/served-contexts.js';
import { ServerRoutes } from './audit/server-routes.js';
import { checkAsyncRoot, checkExtras } from './check-options.js';
import { ApiTokenEvents } from './events/api-token-events.js';
import { ApiTokenGuardServices, GUARD_SERVICES } from './guards/api-token-guard-services.js';
import { ApiTokenPolicyGuard } from './guards/api-token-policy.guard.js';
import { HandlerFunctions } from './http/handler-functions.js';
import { RoutePolicies } from './http/route-policies.js';
import { ModuleEnvironment } from './module-environment.js';
import { ModuleGuardServices } from './module-guard-services.js';
import { ApiTokenRepository } from './repositories/api-token-repository.js';
import { ApiTokenStore } from './repositories/api-token-store.js';
import { ApiTokenAuthenticator } from './tokens/api-token-authenticator.js';
import { ApiTokenEnvironment } from './tokens/api-token-environment.js';
import { ApiTokenService } from './tokens/api-token.service.js';
import { PolicyEvaluator } from './tokens/policy-evaluator.js';

const SERVICES: readonly Provider[] = [
  ApplicationProviders,
  ApiTokenEvents,
  {
    provide: RoutePolicies,
    useFactory: (
      application: ApplicationProviders,
      discovery: DiscoveryService,
      modules: ModulesContainer,
      moduleRef: ModuleRef,
      external: ExternalHandlers,
    ) =>
      new RoutePolicies(
        () => applicationHandlers(discovery, modules, applicationConfiguration(moduleRef), external),
        () => application.options.defaultTokenAccess ?? true,
        () => new HandlerFunctions(discovery),
        () => ({
          everywhere: globalPipes(applicationConfiguration(moduleRef)),
          known: resolveAuditOptions(application.options.audit).knownPipes,
        }),
      ),
    inject: [ApplicationProviders, DiscoveryService, ModulesContainer, ModuleRef, ExternalHandlers],
  },
  {
    provide: ExternalHandlers,
    useFactory: (creator: ExternalContextCreator) => new ExternalHandlers(creator),
    inject: [ExternalContextCreator],
  },
  { provide: ApiTokenEnvironment, useClass: ModuleEnvironment },
  { provide: ApiTokenGuardServices, useClass: ModuleGuardServices },
  { provide: GUARD_SERVICES, useExisting: ApiTokenGuardServices },
  { provide: ApiTokenRepository, useExisting: REPOSITORY },
  { provide: ApiTokenStore, useExisting: REPOSITORY },
  ApiTokenAuthenticator,
  PolicyEvaluator,
  ApiTokenService,
  ApiTokenPolicyGuard,
  {
    provide: ApiTokenPolicyCatalogue,
    useFactory: (
      application: ApplicationProviders,
      moduleRef: ModuleRef,
      host: HttpAdapterHost,
      policies: RoutePolicies,
    ) =>
      new ApiTokenPolicyCatalogue(
        moduleRef,
        host,
        policies,
        () => resolveAuditOptions(application.options.audit).compositeGuards,
      ),
    inject: [ApplicationProviders, ModuleRef, HttpAdapterHost, RoutePolicies],
  },
  ServerRoutes,
  {
    provide: BootAudit,
    useFactory: (
      application: ApplicationProviders,
      catalogue: ApiTokenPolicyCatalogue,
      server: ServerRoutes,
      host: HttpAdapterHost,
      modules: ModulesContainer,
    ) => new BootAudit(catalogue, server, new ServedContexts(host, modules), () => application.options),
    inject: [ApplicationProviders, ApiTokenPolicyCatalogue, ServerRoutes, HttpAdapterHost, ModulesContainer],
  },
];

const EXPORTS = [
  ApiTokenEvents,
  ApiTokenRepository,
  ApiTokenStore,
  ApiTokenAuthenticator,
  PolicyEvaluator,
  ApiTokenService,
  GUARD_SERVICES,
  ApiTokenPolicyGuard,
  ApiTokenPolicyCatalogue,
];

/**
 * Gives an application API tokens. Import it once, in the root module.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token: { prefix: 'acme' } })],
 *   providers: [{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }],
 * })
 * class AppModule {}
 * ```
 */
@Module({})
export class ApiTokenModule implements NestModule {
  /** @internal */
  static readonly [ROOT_MARK] = true;
  readonly #server: ServerRoutes;
  readonly #routes: RoutePolicies;

  constructor(server: ServerRoutes, routes: RoutePolicies) {
    this.#server = server;
    this.#routes = routes;
  }

  /** @internal Nest calls it before it registers controllers and middleware. */
  configure(): void {
    this.#server.beforeControllers();
    this.#routes.markInstances();
  }

  /**
   * With options that are known at once.
   *
   * @throws {ApiTokenConfigurationError} Where `repository` or another part is missing or wrong. Wrong options stop the start.
   */
  static forRoot(root: ApiTokenModuleRoot): DynamicModule {
    const { repository, ownerProvider, isGlobal, imports, extraProviders, ...options } = root ?? {};
    const extras = checkExtras({ repository, ownerProvider, isGlobal, imports, extraProviders });
    return dynamicModule(extras, [{ provide: OPTIONS, useValue: options }]);
  }

  /**
   * With options that have to be made: of configuration, or of other providers. `repository` and the other parts stand
   * beside the factory.
   *
   * @example
   * ```ts
   * ApiTokenModule.forRootAsync({
   *   repository: TypeOrmApiTokenStore,
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ token: { prefix: config.getOrThrow('TOKEN_PREFIX') } }),
   * });
   * ```
   *
   * @throws {ApiTokenConfigurationError} Where `repository` or another part is missing or wrong. Wrong options stop the start.
   */
  static forRootAsync<Options extends ApiTokenModuleOptions>(
    root: ApiTokenModuleAsyncRoot<Options>,
  ): DynamicModule {
    const checked = checkAsyncRoot(root);
    return dynamicModule(checked, asyncOptions(checked));
  }
}

function dynamicModule(extras: ApiTokenModuleExtras, options: readonly Provider[]): DynamicModule {
  const { repository, ownerProvider, isGlobal = true, imports = [], extraProviders = [] } = extras;
  return {
    module: ApiTokenModule,
    global: isGlobal,
    imports: [DiscoveryModule, NearestModule, ...imports],
    providers: [
      ...extraProviders,
      ...options,
      providerOf(REPOSITORY, repository),
      ownerProvider === undefined
        ? { provide: OWNER_PROVIDER, useValue: null }
        : providerOf(OWNER_PROVIDER, ownerProvider),
      ...SERVICES,
    ],
    exports: [...EXPORTS],
  };
}

function providerOf<T>(provide: symbol, provider: ProviderOf<T>): Provider {
  return typeof provider === 'function'
    ? { provide, useClass: provider }
    : ({ provide, ...provider } as Provider);
}

function asyncOptions(root: ApiTokenAsyncOptions): Provider[] {
  if ('useFactory' in root) {
    return [{ provide: OPTIONS, useFactory: root.useFactory as never, inject: root.inject ?? [] }];
  }
  const factory = 'useClass' in root ? root.useClass : root.useExisting;
  const provider: Provider = {
    provide: OPTIONS,
    useFactory: (made: ApiTokenOptionsFactory) => made.createApiTokenOptions(),
    inject: [factory],
  };
  return 'useClass' in root ? [root.useClass, provider] : [provider];
}
