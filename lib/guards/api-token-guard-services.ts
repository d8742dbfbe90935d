import type { ExecutionContext } from '@nestjs/common';
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

/**
 * What the guard works with. An abstract class, so that it is its own injection token: `@UseGuards` makes the guard in
 * the application's modules, where this one dependency is all that has to be visible.
 *
 * @internal
 */
export abstract class ApiTokenGuardServices {
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
