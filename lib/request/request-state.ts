import type { ArgumentsHost } from '@nestjs/common';
import type { ApiToken } from '../tokens/api-token.js';
import { carrierToken, messageToken } from './message-tokens.js';
import { nodeRequest } from './node-request.js';
import type { RouteDeclaration } from '../routes/route-declaration.js';

/** What the guard has allowed a token to do. */
export interface AllowedAccess {
  readonly route: RouteDeclaration;
  readonly method: string;
  /** Null of a collection, and where no policy was asked. */
  readonly resourceId: string | null;
}

/** What the guard leaves on a request: the token, and the decision so that a second guard need not make it again. */
export interface RequestState {
  /** The authorizer of the application: one that is mounted inside another does not believe the outer one. */
  readonly application: object;
  readonly token: ApiToken;
  /** What was allowed last; null until something is. */
  allowed: AllowedAccess | null;
}

// One symbol property: a WeakMap costs a microsecond on each request.
const STATE = Symbol.for('nestjs-api-token:request');

interface Carrier {
  [STATE]?: RequestState;
}

/** What this application's guard has left on a request. */
export function requestState(carrier: object, application: object): RequestState | undefined {
  const state = (carrier as Carrier)[STATE];
  return state?.application === application ? state : undefined;
}

/** Leaves the token on a request. */
export function fillRequestState(carrier: object, state: RequestState): void {
  (carrier as Carrier)[STATE] = state;
}

/**
 * The token that a request or a message was authenticated with, where there is no decorator: in middleware after the guard,
 * in interceptors and in exception filters. Undefined where it came without a token.
 *
 * @param from - The request, or the context that an interceptor or a filter is given, which outside HTTP is the safe one: the
 * carrier of an adapter may be shared by messages, and has the token of the last one.
 *
 * @example
 * ```ts
 * const token = getApiToken(context.switchToHttp().getRequest()); // of an HTTP request
 * const token = getApiToken(context); // of whatever it is
 * ```
 */
export function getApiToken(from: object | null | undefined): ApiToken | undefined {
  if (from === null || typeof from !== 'object') return undefined;
  if (isHost(from))
    return from.getType() === 'http' ? getApiToken(from.getArgByIndex(0)) : messageToken(from);
  const state = (from as Carrier)[STATE] ?? (nodeRequest(from) as Carrier)[STATE];
  return state?.token ?? carrierToken(from);
}

// Microservices have contexts of their own, which have arguments and no type.
function isHost(from: object): from is ArgumentsHost {
  return 'getType' in from && 'getArgs' in from && 'getArgByIndex' in from;
}
