import type { PolicyDecision } from '../policy/index.js';
import type { AuthenticationFailure } from '../events/api-token-event.js';
import type { RouteProblem } from './route-policy.js';

/** Why the guard refuses a request. The client is told less: every bad token is one and the same 401. */
export type Refusal =
  | { readonly kind: 'credential-missing' }
  | { readonly kind: 'credential-ambiguous' }
  | { readonly kind: 'token-refused'; readonly reason: Exclude<AuthenticationFailure, 'unavailable'> }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'context-unsupported'; readonly contextType: string }
  /** No handler that the application has declared: nothing is known of it. */
  | { readonly kind: 'route-unknown' }
  | { readonly kind: 'route-closed' }
  | { readonly kind: 'route-unsettled'; readonly problems: readonly RouteProblem[] }
  | { readonly kind: 'method-mismatch'; readonly method: string; readonly declaredMethod: string }
  | { readonly kind: 'resource-id-not-canonical'; readonly policyId: string; readonly param: string }
  /** The stored policy can't be relied on, so that nothing is allowed. */
  | { readonly kind: 'policy-unusable'; readonly decision: PolicyDecision }
  | { readonly kind: 'policy-denied'; readonly decision: PolicyDecision };
