import type { DynamicModule, FactoryProvider, Provider, Type } from '@nestjs/common';
import type { ApiTokenOwnerProvider } from '../authentication/api-token-owner-provider.js';
import type { ApiTokenRepository } from '../tokens/api-token-repository.js';
import type { ApiTokenFactoryOptions } from './api-token-factory-options.js';

/** A provider without its injection token, which the module knows. */
export type ProviderOf<T> =
  | Type<T>
  | { readonly useClass: Type<T> }
  | { readonly useExisting: Type<T> | string | symbol }
  | { readonly useValue: T }
  | {
      readonly useFactory: (...dependencies: never[]) => T | Promise<T>;
      readonly inject?: FactoryProvider['inject'];
    };

/** What is provided to the module, known before its options are. */
export interface ApiTokenModuleProviders {
  /**
   * Where tokens are looked up: a class, or a provider without its injection token. Neither it nor the options may depend on
   * services of this module other than {@link ApiTokenEvents}, which are made of them: Nest 10 and 11 would wait for ever.
   */
  readonly repository: ProviderOf<ApiTokenRepository>;
  /**
   * Loads the owners of tokens onto `request.user`.
   *
   * @default none
   */
  readonly ownerProvider?: ProviderOf<ApiTokenOwnerProvider>;
  /**
   * Whether the guard and the services are available in every module.
   *
   * @default true
   */
  readonly isGlobal?: boolean;
  /**
   * Modules whose exports the repository and the other providers need.
   *
   * @default []
   */
  readonly imports?: NonNullable<DynamicModule['imports']>;
  /**
   * Providers that the repository and the other providers need.
   *
   * @default []
   */
  readonly extraProviders?: readonly Provider[];
}

/** The argument of `ApiTokenModule.forRoot`. */
export type ApiTokenModuleOptions = ApiTokenFactoryOptions & ApiTokenModuleProviders;

/** Creates the options, for `useClass` and `useExisting`. */
export interface ApiTokenOptionsFactory {
  createApiTokenOptions(): ApiTokenFactoryOptions | Promise<ApiTokenFactoryOptions>;
}

/**
 * A value that has no members but those of a type. A function's answer is checked for its type alone: without this a
 * misspelled option would pass the compiler.
 */
type Exactly<Known, Given> = Given extends readonly unknown[] | ((...args: never[]) => unknown)
  ? Given
  : { [Key in keyof Given]: Key extends keyof Known ? Given[Key] : never };

/** Options of a factory, of which neither they nor their groups may have unknown members. */
type ExactOptions<Given> = Given & {
  [Key in keyof Given]: Key extends keyof ApiTokenFactoryOptions
    ? Exactly<Extract<ApiTokenFactoryOptions[Key], object>, Given[Key]>
    : never;
};

/** Where the options come from when they are not known at once. */
export type OptionsSource<Given extends ApiTokenFactoryOptions = ApiTokenFactoryOptions> =
  | {
      readonly useFactory: (...dependencies: never[]) => ExactOptions<Given> | Promise<ExactOptions<Given>>;
      readonly inject?: FactoryProvider['inject'];
    }
  | { readonly useClass: Type<ApiTokenOptionsFactory> }
  | { readonly useExisting: Type<ApiTokenOptionsFactory> };

/** The argument of `ApiTokenModule.forRootAsync`. */
export type ApiTokenModuleAsyncOptions<Given extends ApiTokenFactoryOptions = ApiTokenFactoryOptions> =
  OptionsSource<Given> & ApiTokenModuleProviders;
