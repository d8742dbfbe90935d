import type { ExecutionContext } from '@nestjs/common';
import { ApiTokenConfigurationError } from '../api-token-configuration.error.js';
import { COPY } from '../copy-of-package.js';
import type { ApiTokenEvents } from '../events/api-token-events.js';
import type { ApiTokenContextAdapter } from '../http/api-token-context-adapter.js';
import type { Refusal } from '../http/refusal.js';
import type { RoutePolicies } from '../http/route-policies.js';
import type { ApiTokenAuthenticator } from '../tokens/api-token-authenticator.js';
import type { ApiTokenFormat } from '../tokens/api-token-format.js';
import type { PolicyEvaluator } from '../tokens/policy-evaluator.js';

/** What the guard asks of the application. */
export interface ApiTokenGuardRules {
  /** What to do with requests that bring no API token. */
  readonly credentials: 'required' | 'optional';
  /** Headers that carry API tokens, lower-case. */
  readonly headers: readonly string[];
  readonly explainDenials: boolean;
  readonly skipIf: ((context: ExecutionContext) => boolean) | null;
  readonly exceptionFactory:
    ((refusal: Refusal, exception: Error, context: ExecutionContext) => Error) | null;
}

/** The injection token of {@link ApiTokenGuardServices}, the same in every copy of the package. */
export const GUARD_SERVICES = Symbol.for('nestjs-api-token:guard-services');

/**
 * What the guard works with: `@UseGuards` makes the guard in the application's modules, where this one dependency is all
 * that has to be visible.
 *
 * @internal
 */
export abstract class ApiTokenGuardServices {
  /** Where the copy of the package is that made them. */
  readonly copy: string = COPY;
  abstract readonly rules: ApiTokenGuardRules;
  abstract readonly routes: RoutePolicies;
  abstract readonly formats: readonly ApiTokenFormat[];
  abstract readonly authenticator: ApiTokenAuthenticator;
  abstract readonly evaluator: PolicyEvaluator;
  abstract readonly events: ApiTokenEvents;
  /** The adapter for a context, or what to do where there is none. */
  abstract contextOf(type: string): ApiTokenContextAdapter | 'deny' | 'skip';
  /**
   * Keeps the response to a request out of shared caches, unless the application has said how it may be cached. They keep
   * answers to requests with Authorization apart by themselves, but not with other headers (RFC 9111 §3.5).
   */
  abstract keepFromSharedCaches(context: ExecutionContext): void;
  /** Sets headers of the response to a request, where there is one. */
  abstract setHeaders(context: ExecutionContext, headers: Readonly<Record<string, string>>): void;
}

/**
 * The services of the application, for the guard and the interceptor. Two copies of the package may be loaded, of two
 * versions, or as CommonJS and as ES modules: neither may judge with the parts of the other.
 *
 * @param services - What Nest found under {@link GUARD_SERVICES}; undefined where it found none.
 * @throws {ApiTokenConfigurationError} Where the module is not imported, or was imported of another copy.
 */
export function ownServices(
  services: ApiTokenGuardServices | undefined,
  bound: string,
): ApiTokenGuardServices {
  if (services === undefined) {
    throw new ApiTokenConfigurationError(
      `${bound} is bound, but the module in which it is bound does not see ApiTokenModule. Import ` +
        'ApiTokenModule.forRoot() in the root module, and where it has isGlobal: false in this module too.',
    );
  }
  if (services.copy === COPY) return services;
  throw new ApiTokenConfigurationError(
    `Two copies of nestjs-api-token are loaded: ApiTokenModule comes from ${services.copy}, and ${bound} from ${COPY}. ` +
      'Let all packages use one: npm ls nestjs-api-token shows which ones there are, npm dedupe removes the second, and ' +
      'what is loaded by require() here and by import there has to be loaded in one way.',
  );
}
