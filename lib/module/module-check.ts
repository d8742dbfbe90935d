import { Injectable, type OnModuleInit, Scope } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { ApiTokenConfigurationError } from '../utils/api-token-configuration.error.js';
import { OPTIONS, OWNER_PROVIDER, REPOSITORY, ROOT_MARK } from './injection-tokens.js';

/** What the application provides, with the method that it has to have. */
const PROVIDED = [
  { token: OPTIONS, option: 'The options', type: null },
  {
    token: REPOSITORY,
    option: 'repository',
    type: { name: 'ApiTokenRepository', method: 'findByDigest' },
  },
  {
    token: OWNER_PROVIDER,
    option: 'ownerProvider',
    type: { name: 'ApiTokenOwnerProvider', method: 'load' },
  },
] as const;

/** Checks at start what the application provides to the module. It depends on none of it, so that it always runs. */
@Injectable()
export class ModuleCheck implements OnModuleInit {
  readonly #moduleRef: ModuleRef;
  readonly #modules: ModulesContainer;

  constructor(moduleRef: ModuleRef, modules: ModulesContainer) {
    this.#moduleRef = moduleRef;
    this.#modules = modules;
  }

  /** @throws {ApiTokenConfigurationError} Where something is missing, wrong or of request scope, or a root is second. */
  onModuleInit(): void {
    this.#checkSingleRoot();
    for (const { token, option } of PROVIDED) this.#checkScope(token, option);
    for (const { token, option, type } of PROVIDED) {
      const provider = this.#moduleRef.get<unknown>(token, { strict: false });
      const isLeftOut = token === OWNER_PROVIDER && provider === null;
      if (type === null || isLeftOut || hasMethod(provider, type.method)) continue;
      throw new ApiTokenConfigurationError(
        `ApiTokenModule: ${option} is no ${type.name}: it has no method ${type.method}(). Let it extend ${type.name}.`,
      );
    }
    this.#checkSingleRepository(this.#moduleRef.get<object>(REPOSITORY, { strict: false }));
  }

  #checkSingleRoot(): void {
    const roots = [...this.#modules.values()].filter(({ metatype }) => Object.hasOwn(metatype, ROOT_MARK));
    if (roots.length <= 1) return;
    throw new ApiTokenConfigurationError(
      'ApiTokenModule.forRoot() is imported more than once, so that requests would be authorized by two sets of rules. ' +
        'Import it once, in the root module: its providers are available in every module.',
    );
  }

  #checkScope(token: symbol, option: string): void {
    if (this.#moduleRef.introspect(token).scope === Scope.DEFAULT) return;
    throw new ApiTokenConfigurationError(
      `ApiTokenModule: ${option} must not be of request or transient scope, and none of its dependencies may be. ` +
        'The guard outlives every request: take what belongs to a request as an argument instead.',
    );
  }

  #checkSingleRepository(repository: object): void {
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
}

function hasMethod(provider: unknown, method: string): boolean {
  return (
    typeof provider === 'object' && provider !== null && typeof Reflect.get(provider, method) === 'function'
  );
}
