import type { PolicyDecision } from '../policy/index.js';
import type { ApiTokenFailure } from '../events/api-token-event.js';
import type { RouteProblem } from '../routes/route-declaration.js';

/** Why the guard rejects a request. Clients learn less: every invalid token gets the same 401. */
export type Rejection =
  | { readonly kind: 'credential-missing' }
  | { readonly kind: 'credential-ambiguous' }
  | { readonly kind: 'token-rejected'; readonly reason: Exclude<ApiTokenFailure, 'unavailable'> }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'context-unsupported'; readonly contextType: string }
  /** No handler that the application has declared: nothing is known of it. */
  | { readonly kind: 'route-unknown' }
  | { readonly kind: 'route-closed' }
  | { readonly kind: 'route-misconfigured'; readonly problems: readonly RouteProblem[] }
  | { readonly kind: 'method-mismatch'; readonly method: string; readonly declaredMethod: string }
  | { readonly kind: 'resource-id-not-canonical'; readonly policyId: string; readonly param: string }
  /** The stored policy can't be relied on, so that nothing is allowed. */
  | { readonly kind: 'policy-unusable'; readonly decision: PolicyDecision }
  | { readonly kind: 'policy-denied'; readonly decision: PolicyDecision };
