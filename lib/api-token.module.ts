import { type DynamicModule, Module, type NestModule, type Provider } from '@nestjs/common';
import { DiscoveryModule, ModuleRef } from '@nestjs/core';
import { ServerRoutes } from './audit/server-routes.js';
import type { ApiTokenFactoryOptions } from './module/api-token-factory-options.js';
import type {
  ApiTokenModuleAsyncOptions,
  ApiTokenModuleOptions,
  ApiTokenModuleProviders,
  ApiTokenOptionsFactory,
  OptionsSource,
  ProviderOf,
} from './module/api-token-module-options.js';
import { NearestModule } from './module/application-end.js';
import { checkAsyncOptions, checkProviders } from './module/check-options.js';
import { OPTIONS, OWNER_PROVIDER, REPOSITORY, ROOT_MARK } from './module/injection-tokens.js';
import { ModuleCheck } from './module/module-check.js';
import { EXPORTED_SERVICES, SERVICE_PROVIDERS } from './module/service-providers.js';
import { RouteRegistry } from './routes/route-registry.js';

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
  readonly #check: ModuleCheck;
  readonly #server: ServerRoutes;
  readonly #moduleRef: ModuleRef;

  /** @internal */
  constructor(check: ModuleCheck, server: ServerRoutes, moduleRef: ModuleRef) {
    this.#check = check;
    this.#server = server;
    this.#moduleRef = moduleRef;
  }

  /** Nest calls it before it registers controllers and middleware. */
  configure(): void {
    this.#check.onModuleInit();
    this.#server.beforeControllers();
    // Injected, it would make this module one of request scope where the options are.
    this.#moduleRef.get(RouteRegistry, { strict: false }).markInstances();
  }

  /**
   * Registers the module with static options.
   *
   * @throws {ApiTokenConfigurationError} Where `repository` or another part is missing or wrong. Wrong options stop the start.
   */
  static forRoot(options: ApiTokenModuleOptions): DynamicModule {
    const { repository, ownerProvider, isGlobal, imports, extraProviders, ...rest } = options ?? {};
    const providers = checkProviders({ repository, ownerProvider, isGlobal, imports, extraProviders });
    return dynamicModule(providers, [{ provide: OPTIONS, useValue: rest }]);
  }

  /**
   * Registers the module with options from a factory. `repository`, `ownerProvider` and the other providers are passed
   * next to the factory, not returned by it.
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
  static forRootAsync<Options extends ApiTokenFactoryOptions>(
    options: ApiTokenModuleAsyncOptions<Options>,
  ): DynamicModule {
    const checked = checkAsyncOptions(options);
    return dynamicModule(checked, optionsProviders(checked));
  }
}

function dynamicModule(providers: ApiTokenModuleProviders, options: readonly Provider[]): DynamicModule {
  const { repository, ownerProvider, isGlobal = true, imports = [], extraProviders = [] } = providers;
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
      ...SERVICE_PROVIDERS,
    ],
    exports: [...EXPORTED_SERVICES],
  };
}

function providerOf<T>(provide: symbol, provider: ProviderOf<T>): Provider {
  return typeof provider === 'function'
    ? { provide, useClass: provider }
    : ({ provide, ...provider } as Provider);
}

function optionsProviders(source: OptionsSource): Provider[] {
  if ('useFactory' in source) {
    return [{ provide: OPTIONS, useFactory: source.useFactory as never, inject: source.inject ?? [] }];
  }
  const factory = 'useClass' in source ? source.useClass : source.useExisting;
  const provider: Provider = {
    provide: OPTIONS,
    useFactory: (created: ApiTokenOptionsFactory) => created.createApiTokenOptions(),
    inject: [factory],
  };
  return 'useClass' in source ? [source.useClass, provider] : [provider];
}
