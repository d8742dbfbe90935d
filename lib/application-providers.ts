import { Injectable, type OnModuleInit, Scope } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { ApiTokenConfigurationError } from './api-token-configuration.error.js';
import type { ApiTokenModuleOptions } from './api-token-module-options.js';
import { checkOptions } from './check-options.js';
import type { ApiTokenRepository } from './repositories/api-token-repository.js';
import type { ApiTokenOwnerProvider } from './tokens/api-token-owner-provider.js';

export const OPTIONS = Symbol.for('nestjs-api-token:options');
export const REPOSITORY = Symbol.for('nestjs-api-token:repository');
export const OWNER_PROVIDER = Symbol.for('nestjs-api-token:owner-provider');
/** Marks the module class, whichever copy of the package it comes from. */
export const ROOT_MARK = Symbol.for('nestjs-api-token:root');

/**
 * What the application provides, taken when it is first needed and checked at start. Never injected: a provider of
 * request scope would make the guard one too, and Nest leaves out a global guard of request scope.
 */
@Injectable()
export class ApplicationProviders implements OnModuleInit {
  #options: ApiTokenModuleOptions | undefined;
  #repository: ApiTokenRepository | undefined;
  #owners: ApiTokenOwnerProvider | null | undefined;
  // Not `private`, which is a word of the compiler: whoever inspects a service would be shown the whole application, the
  // peppers in its options too.
  readonly #moduleRef: ModuleRef;
  readonly #modules: ModulesContainer;

  constructor(moduleRef: ModuleRef, modules: ModulesContainer) {
    this.#moduleRef = moduleRef;
    this.#modules = modules;
  }

  get options(): ApiTokenModuleOptions {
    return (this.#options ??= checkOptions(this.#take<unknown>(OPTIONS, 'The options')));
  }

  get repository(): ApiTokenRepository {
    return (this.#repository ??= this.#takeWith(
      REPOSITORY,
      'repository',
      'findByDigest',
      'ApiTokenRepository',
    ));
  }

  get owners(): ApiTokenOwnerProvider | null {
    if (this.#owners !== undefined) return this.#owners;
    const isGiven = this.#take<unknown>(OWNER_PROVIDER, 'ownerProvider') !== null;
    this.#owners = isGiven
      ? this.#takeWith<ApiTokenOwnerProvider>(
          OWNER_PROVIDER,
          'ownerProvider',
          'load',
          'ApiTokenOwnerProvider',
        )
      : null;
    return this.#owners;
  }

  /** @throws {ApiTokenConfigurationError} Where something is missing, wrong or of request scope, or a root is second. */
  onModuleInit(): void {
    const roots = [...this.#modules.values()].filter(({ metatype }) => Object.hasOwn(metatype, ROOT_MARK));
    if (roots.length > 1) {
      throw new ApiTokenConfigurationError(
        'ApiTokenModule.forRoot() is imported more than once, so that tokens would be judged by two sets of rules. ' +
          'Import it once, in the root module: its providers are there in every module.',
      );
    }
    void this.options;
    void this.owners;
    this.#checkSingleRepository(this.repository);
  }

  #checkSingleRepository(repository: ApiTokenRepository): void {
    const type = repository.constructor;
    for (const { providers } of this.#modules.values()) {
      const other: unknown = providers.get(type)?.instance;
      if (other === undefined || other === null || other === repository) continue;
      throw new ApiTokenConfigurationError(
        `ApiTokenModule: there are two ${type.name}s, one of the module and one of a providers list. ` +
          `Remove it from the list, or write repository: { useExisting: ${type.name} } and import its module.`,
      );
    }
  }

  #takeWith<T extends object>(token: symbol, option: string, method: string, type: string): T {
    const provider = this.#take<T | null | undefined>(token, option);
    if (
      typeof provider === 'object' &&
      provider !== null &&
      typeof Reflect.get(provider, method) === 'function'
    ) {
      return provider;
    }
    throw new ApiTokenConfigurationError(
      `ApiTokenModule: ${option} is no ${type}: it has no method ${method}(). Let it extend ${type}.`,
    );
  }

  #take<T>(token: symbol, what: string): T {
    if (this.#moduleRef.introspect(token).scope !== Scope.DEFAULT) {
      throw new ApiTokenConfigurationError(
        `ApiTokenModule: ${what} must not be of request or transient scope, and none of its dependencies may be. ` +
          'The guard outlives every request: take what belongs to a request as an argument instead.',
      );
    }
    return this.#moduleRef.get<T>(token, { strict: false });
  }
}
