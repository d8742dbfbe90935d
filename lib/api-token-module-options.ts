import type { DynamicModule, ExecutionContext, FactoryProvider, Provider, Type } from '@nestjs/common';
import type { ApiTokenAuditLevel, ApiTokenAuditOptions } from './audit/audit-options.js';
import type { ApiTokenContexts } from './http/api-token-context-adapter.js';
import type { Refusal } from './http/refusal.js';
import type { ApiTokenRepository } from './repositories/api-token-repository.js';
import type { ApiTokenOwnerProvider } from './tokens/api-token-owner-provider.js';
import type { TokenRules } from './tokens/api-token-options.js';

/** How the application treats API tokens. */
export interface ApiTokenModuleOptions extends TokenRules {
  /**
   * What happens to a request that brings nothing that claims to be an API token. `'required'`: 401. `'optional'`: it
   * passes on to the application's other guards; one with a bad API token is refused all the same. Default `'required'`.
   */
  readonly credentials?: 'required' | 'optional';
  /**
   * Headers that carry API tokens beside Authorization, such as `x-api-key`. Default none. Answers to them are sent with
   * `Cache-Control: private`, unless the application sets its own: shared caches keep only Authorization apart.
   */
  readonly headers?: readonly string[];
  /** What to do with contexts that are no HTTP requests, by type: `rpc`, `ws`, `graphql`. Default `'deny'`. */
  readonly contexts?: ApiTokenContexts;
  /**
   * Makes a request none of the guard's business, for another library's `@Public()`. Only `true` does. Where it throws,
   * or returns a promise, the request is refused with 503.
   *
   * @example
   * ```ts
   * skipIf: (context) => new Reflector().get('isPublic', context.getHandler()) === true
   * ```
   */
  readonly skipIf?: (context: ExecutionContext) => boolean;
  /** Whether API tokens reach routes that say nothing of it in `@ApiTokenAccess()`. Default true. */
  readonly defaultTokenAccess?: boolean;
  /** Whether the body of a 403 names the rule that decided and the sections that were consulted. Default false. */
  readonly explainDenials?: boolean;
  /**
   * Makes the exception of a refusal, for applications with error bodies of their own. Where it throws or returns no
   * Error, or an HttpException whose status is not 400 to 599, the exception it was given is thrown.
   */
  readonly exceptionFactory?: (refusal: Refusal, exception: Error, context: ExecutionContext) => Error;
  /**
   * What the audit of all routes does at start, and what it has to know.
   *
   * @default 'error'
   */
  readonly audit?: ApiTokenAuditLevel | ApiTokenAuditOptions;
}

/** A provider without its token: the module has the token. */
export type ProviderOf<T> =
  | Type<T>
  | { readonly useClass: Type<T> }
  | { readonly useExisting: Type<T> | string | symbol }
  | { readonly useValue: T }
  | {
      readonly useFactory: (...dependencies: never[]) => T | Promise<T>;
      readonly inject?: FactoryProvider['inject'];
    };

/** What the module is made of. Beside the options, because it is needed before they are known. */
export interface ApiTokenModuleExtras {
  /** Where tokens are looked up: a class, or a provider without its token. */
  readonly repository: ProviderOf<ApiTokenRepository>;
  /** Loads the owners of tokens onto `request.user`. Default none. */
  readonly ownerProvider?: ProviderOf<ApiTokenOwnerProvider>;
  /** Whether the guard and the services are there in every module. Default true. */
  readonly isGlobal?: boolean;
  /** Modules whose exports the repository and the other providers need. */
  readonly imports?: NonNullable<DynamicModule['imports']>;
  /** Providers that the repository and the other providers need. */
  readonly extraProviders?: readonly Provider[];
}

/** Makes the options, for `useClass` and `useExisting`. */
export interface ApiTokenOptionsFactory {
  createApiTokenOptions(): ApiTokenModuleOptions | Promise<ApiTokenModuleOptions>;
}

/**
 * A value that has no members but those of a type. A function's answer is checked for its type alone: without this a
 * misspelt option would pass the compiler.
 */
type Exactly<Known, Given> = Given extends readonly unknown[] | ((...args: never[]) => unknown)
  ? Given
  : { [Key in keyof Given]: Key extends keyof Known ? Given[Key] : never };

/** Options of a factory, of which neither they nor their groups may have unknown members. */
type ExactOptions<Given> = Given & {
  [Key in keyof Given]: Key extends keyof ApiTokenModuleOptions
    ? Key extends 'token' | 'lifetimes' | 'cache' | 'lastUsed' | 'audit'
      ? Exactly<Extract<ApiTokenModuleOptions[Key], object>, Given[Key]>
      : Given[Key]
    : never;
};

/** Where the options come from when they are not known at once. */
export type ApiTokenAsyncOptions<Given extends ApiTokenModuleOptions = ApiTokenModuleOptions> =
  | {
      readonly useFactory: (...dependencies: never[]) => ExactOptions<Given> | Promise<ExactOptions<Given>>;
      readonly inject?: FactoryProvider['inject'];
    }
  | { readonly useClass: Type<ApiTokenOptionsFactory> }
  | { readonly useExisting: Type<ApiTokenOptionsFactory> };

/** The argument of `ApiTokenModule.forRoot`. */
export type ApiTokenModuleRoot = ApiTokenModuleOptions & ApiTokenModuleExtras;

/** The argument of `ApiTokenModule.forRootAsync`. */
export type ApiTokenModuleAsyncRoot<Given extends ApiTokenModuleOptions = ApiTokenModuleOptions> =
  ApiTokenAsyncOptions<Given> & ApiTokenModuleExtras;
