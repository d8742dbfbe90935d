import type { ApiToken } from '../tokens/api-token.js';
import type { RoutePolicy } from './route-policy.js';

/** What the guard leaves on a request: the token, and the decision so that a second guard need not make it again. */
export interface RequestSlot {
  /** The application that authenticated: one that is mounted inside another does not believe the outer one. */
  readonly application: object;
  readonly token: ApiToken;
  /** What was allowed last; null until something is. */
  allowed: {
    readonly route: RoutePolicy;
    readonly method: string;
    readonly resourceId: string | null;
  } | null;
}

// One symbol property: a WeakMap slot costs a microsecond on each request.
const SLOT = Symbol.for('nestjs-api-token:request');

interface Carrier {
  [SLOT]?: RequestSlot | undefined;
}

/** What this application's guard has left on a request. */
export function requestSlot(carrier: object, application: object): RequestSlot | undefined {
  const slot = (carrier as Carrier)[SLOT];
  return slot?.application === application ? slot : undefined;
}

/** Leaves the token on a request; undefined takes away what an earlier message has left. */
export function fillRequestSlot(carrier: object, slot: RequestSlot | undefined): void {
  (carrier as Carrier)[SLOT] = slot;
}

/**
 * The token that a request was authenticated with, where there is no decorator: in middleware after the guard, in
 * interceptors and in exception filters. Undefined where the request came without a token.
 *
 * @example
 * ```ts
 * const token = getApiToken(context.switchToHttp().getRequest());
 * ```
 */
export function getApiToken(request: object | null | undefined): ApiToken | undefined {
  return (request as Carrier | null | undefined)?.[SLOT]?.token;
}
