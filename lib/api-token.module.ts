import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, ModuleRef, ModulesContainer } from '@nestjs/core';
import type {
  ApiTokenAsyncOptions,
  ApiTokenModuleAsyncRoot,
  ApiTokenModuleExtras,
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
import { applicationConfiguration } from './audit/application-configuration.js';
import { applicationHandlers } from './audit/application-handlers.js';
import { BootAudit } from './audit/boot-audit.js';
import { ServerRoutes } from './audit/server-routes.js';
import { ApiTokenConfigurationError } from './check-options.js';
import { ApiTokenEvents } from './events/api-token-events.js';
import { ApiTokenGuardServices } from './guards/api-token-guard-services.js';
import { ApiTokenPolicyGuard } from './guards/api-token-policy.guard.js';
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
    ) =>
      new RoutePolicies(
        () => applicationHandlers(discovery, modules, applicationConfiguration(moduleRef)),
        () => application.options.defaultTokenAccess ?? true,
      ),
    inject: [ApplicationProviders, DiscoveryService, ModulesContainer, ModuleRef],
  },
  { provide: ApiTokenEnvironment, useClass: ModuleEnvironment },
  { provide: ApiTokenGuardServices, useClass: ModuleGuardServices },
  { provide: ApiTokenRepository, useExisting: REPOSITORY },
  { provide: ApiTokenStore, useExisting: REPOSITORY },
  ApiTokenAuthenticator,
  PolicyEvaluator,
  ApiTokenService,
  ApiTokenPolicyGuard,
  ApiTokenPolicyCatalogue,
  ServerRoutes,
  {
    provide: BootAudit,
    useFactory: (
      application: ApplicationProviders,
      catalogue: ApiTokenPolicyCatalogue,
      server: ServerRoutes,
    ) => new BootAudit(catalogue, server, () => application.options),
    inject: [ApplicationProviders, ApiTokenPolicyCatalogue, ServerRoutes],
  },
];

const EXPORTS = [
  ApiTokenEvents,
  ApiTokenRepository,
  ApiTokenStore,
  ApiTokenAuthenticator,
  PolicyEvaluator,
  ApiTokenService,
  ApiTokenGuardServices,
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
export class ApiTokenModule {
  /** @internal */
  static readonly [ROOT_MARK] = true;

  /**
   * With options that are known at once.
   *
   * @throws {ApiTokenConfigurationError} Where `repository` is missing. Other mistakes stop the start.
   */
  static forRoot(root: ApiTokenModuleRoot): DynamicModule {
    const { repository, ownerProvider, isGlobal, imports, extraProviders, ...options } = root ?? {};
    const extras = { repository, ownerProvider, isGlobal, imports, extraProviders } as ApiTokenModuleExtras;
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
   * @throws {ApiTokenConfigurationError} Where `repository` is missing. Other mistakes stop the start.
   */
  static forRootAsync(root: ApiTokenModuleAsyncRoot): DynamicModule {
    return dynamicModule(root, asyncOptions(root));
  }
}

function dynamicModule(extras: ApiTokenModuleExtras, options: readonly Provider[]): DynamicModule {
  const { repository, ownerProvider, isGlobal = true, imports = [], extraProviders = [] } = extras ?? {};
  if (repository === undefined || repository === null) {
    throw new ApiTokenConfigurationError(
      'ApiTokenModule: repository is missing. Write repository: InMemoryApiTokenStore for a first try, or ' +
        'TypeOrmApiTokenStore of nestjs-api-token/typeorm, or a class of yours that extends ApiTokenRepository.',
    );
  }
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
