import { Injectable, Scope } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ApiTokenConfigurationError } from '../utils/api-token-configuration.error.js';
import { COPY } from '../utils/copy-of-package.js';
import { RequestAuthorizer } from './request-authorizer.js';

/** The injection token of {@link AuthorizerSource}, the same in every copy of the package. */
export const AUTHORIZER_SOURCE = Symbol.for('nestjs-api-token:authorizer-source');

/**
 * Gives the guard its authorizer when it is first called. Nest makes the guard in the module where `@UseGuards` stands, so
 * this is the one dependency that has to be visible there. And it is no dependency of request scope, whatever the
 * application's parts are: Nest 10 and early versions of 11 leave out a global guard that has one.
 */
@Injectable()
export class AuthorizerSource {
  /** Where the copy of the package is that this comes from. */
  readonly copy: string = COPY;
  readonly #moduleRef: ModuleRef;
  #authorizer: RequestAuthorizer | undefined;

  constructor(moduleRef: ModuleRef) {
    this.#moduleRef = moduleRef;
  }

  /** @throws {ApiTokenConfigurationError} Where a part of the application is of request scope. */
  get authorizer(): RequestAuthorizer {
    return (this.#authorizer ??= this.#take());
  }

  #take(): RequestAuthorizer {
    // Nest 10 answers get() with an object without fields.
    if (this.#moduleRef.introspect(RequestAuthorizer).scope !== Scope.DEFAULT) {
      throw new ApiTokenConfigurationError(
        'ApiTokenModule: the options, the repository and the ownerProvider must not be of request or transient scope.',
      );
    }
    return this.#moduleRef.get(RequestAuthorizer, { strict: false });
  }
}

/**
 * The application's own source, for the guard and the interceptor. Two copies of the package may be loaded, of two
 * versions, or as CommonJS and as ES modules: neither may authorize with the parts of the other.
 *
 * @param source - What Nest found under {@link AUTHORIZER_SOURCE}; undefined where it found none.
 * @throws {ApiTokenConfigurationError} Where the module is not imported, or was imported of another copy.
 */
export function ownSource(source: AuthorizerSource | undefined, bound: string): AuthorizerSource {
  if (source === undefined) {
    throw new ApiTokenConfigurationError(
      `${bound} is bound, but the module in which it is bound does not see ApiTokenModule. Import ` +
        'ApiTokenModule.forRoot() in the root module, and where it has isGlobal: false in this module too.',
    );
  }
  if (source.copy === COPY) return source;
  throw new ApiTokenConfigurationError(
    `Two copies of nestjs-api-token are loaded: ApiTokenModule comes from ${source.copy}, and ${bound} from ${COPY}. ` +
      'Let all packages use one: npm ls nestjs-api-token shows which ones there are, npm dedupe removes the second, and ' +
      'what is loaded by require() here and by import there has to be loaded in one way.',
  );
}
