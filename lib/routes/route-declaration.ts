import type { Canonicalizer } from '../policy/index.js';

/** What makes a route impossible to authorize, and what its author has to write. */
export interface RouteProblem {
  readonly code:
    | 'POLICY_ID_MISSING'
    | 'POLICY_ID_RESERVED'
    | 'POLICY_ID_UNUSED'
    | 'RESOURCE_ID_PARAMETER'
    | 'CANONICALIZERS_DISAGREE'
    | 'RESOURCE_ID_FORM_UNKNOWN'
    | 'OVERRIDE_LOST_DECORATOR'
    | 'DECORATOR_LOST'
    | 'HANDLER_REPLACED'
    | 'HANDLER_AMBIGUOUS'
    | 'CLASS_REPLACED';
  readonly message: string;
}

/** A route as its author declared it: resolved before the first request, never by what a request contains. */
export type RouteDeclaration =
  /** `@SkipApiTokenPolicy()`: none of the guard's business. */
  | { readonly kind: 'skipped' }
  /** `@ApiTokenAccess(false)`: closed to every token. */
  | { readonly kind: 'closed' }
  /** Something is unsaid that has to be said: every token is denied. */
  | { readonly kind: 'misconfigured'; readonly problems: readonly RouteProblem[] }
  | AuthenticatedRoute
  | CollectionRoute
  | ItemRoute;

/** A route that the guard has a say in. */
export type GuardedRoute = Exclude<RouteDeclaration, { readonly kind: 'skipped' }>;

interface OpenRoute {
  /** The method the handler was declared for; null for `@All()` and for handlers outside HTTP. */
  readonly declaredMethod: string | null;
}

/** `@ApiTokenAccess('authenticated')`: open to every valid token, whatever its policy. */
export interface AuthenticatedRoute extends OpenRoute {
  readonly kind: 'authenticated';
}

interface RouteWithPolicy extends OpenRoute {
  readonly policyId: string;
}

/** A route about a resource as a whole, or about the only one of its kind. */
export interface CollectionRoute extends RouteWithPolicy {
  readonly kind: 'collection';
}

/** A route about one item, whose ID is a route parameter. */
export interface ItemRoute extends RouteWithPolicy {
  readonly kind: 'item';
  readonly param: string;
  readonly canonicalizer: Canonicalizer;
}
