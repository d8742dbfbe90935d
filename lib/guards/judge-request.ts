import type { ExecutionContext } from '@nestjs/common';
import type { AuthenticationFailure } from '../events/api-token-event.js';
import type { ApiTokenContextAdapter, ApiTokenRequest } from '../http/api-token-context-adapter.js';
import { readCredential } from '../http/credential.js';
import type { Refusal } from '../http/refusal.js';
import { rememberCarrier } from '../http/message-carriers.js';
import { fillRequestSlot, type RequestSlot, requestSlot } from '../http/request-slot.js';
import type { GuardedRoute } from '../http/route-policy.js';
import type { MaybePromise } from '../maybe-promise.js';
import type { Authentication } from '../tokens/authenticated-entry.js';
import { UnavailableError } from '../tokens/unavailable.error.js';
import type { ApiTokenGuardServices } from './api-token-guard-services.js';
import { judgeAccess } from './judge-access.js';

/** As djblets answers. */
const DEPRECATED = {
  'X-API-Token-Deprecated': 'This API token has a format that will go: ask for a new one',
};

/**
 * Judges a request: null where it may pass, or why not.
 *
 * @param occasion - `'arrival'` leaves the token on the request, and believes what a guard before has left there. `'recheck'`
 * authenticates anew and touches neither the request nor the response, which is under way.
 */
export function judgeRequest(
  services: ApiTokenGuardServices,
  context: ExecutionContext,
  occasion: 'arrival' | 'recheck',
): MaybePromise<Refusal | null> {
  const { authenticator, formats, routes, rules } = services;
  const route = routes.of(context);
  if (route?.kind === 'skipped' || rules.skipIf?.(context) === true) return null;
  const contextType = context.getType<string>();
  const adapter = services.contextOf(contextType);
  if (adapter === 'skip') return null;
  if (adapter === 'deny') return { kind: 'context-unsupported', contextType };
  if (route === undefined) return { kind: 'route-unknown' };

  const request = adapter.read(context);
  const carrier = adapter.carrier(context);
  const isArrival = occasion === 'arrival';
  const slot = isArrival ? slotOnArrival(services, context, adapter, carrier) : undefined;
  if (slot !== undefined) return judgeAccess(services, route, request, slot);
  const credential = readCredential(request, formats, rules.headers);
  if (credential.kind === 'ambiguous') return { kind: 'credential-ambiguous' };
  if (credential.kind === 'none') {
    // A token without a credential: the request has lost the one it came with.
    const mayPass = rules.credentials === 'optional' && requestSlot(carrier, services) === undefined;
    return mayPass ? null : { kind: 'credential-missing' };
  }

  if (isArrival && credential.field !== 'authorization') services.keepFromSharedCaches(context);
  const answer = authenticator.authenticate(credential.secret);
  const admit = isArrival ? admitOnArrival : admitOnRecheck;
  // Not isPromise(), which has met answers of too many shapes to be quick: 30 ns less.
  return 'ok' in answer
    ? admit(services, answer, route, request, carrier, context)
    : answer.then((later) => admit(services, later, route, request, carrier, context));
}

/**
 * What a guard before has left on a request. Nothing is believed of a message: a socket outlives the token that an earlier
 * message came with.
 */
function slotOnArrival(
  services: ApiTokenGuardServices,
  context: ExecutionContext,
  adapter: ApiTokenContextAdapter,
  carrier: object,
): RequestSlot | undefined {
  if (context.getType() === 'http') return requestSlot(carrier, services);
  fillRequestSlot(carrier, undefined);
  rememberCarrier(context, adapter.carrier);
  return undefined;
}

function admitOnArrival(
  services: ApiTokenGuardServices,
  answer: Authentication,
  route: GuardedRoute,
  request: ApiTokenRequest,
  carrier: object,
  context: ExecutionContext,
): Refusal | null {
  if (!answer.ok) return refusalOf(answer.reason);
  const { token, owner, isDeprecated } = answer;
  const slot = { application: services, token, allowed: null };
  fillRequestSlot(carrier, slot);
  if (isDeprecated) services.setHeaders(context, DEPRECATED);
  // Outside HTTP a payload or an answer may carry what the carrier does.
  if (owner !== undefined && context.getType() === 'http') Object.assign(carrier, { user: owner });
  return judgeAccess(services, route, request, slot);
}

function admitOnRecheck(
  services: ApiTokenGuardServices,
  answer: Authentication,
  route: GuardedRoute,
  request: ApiTokenRequest,
): Refusal | null {
  if (!answer.ok) return refusalOf(answer.reason);
  return judgeAccess(services, route, request, { application: services, token: answer.token, allowed: null });
}

/** A part of the application failed while a request was judged: told once, and refused. */
export function faultRefusal({ events }: ApiTokenGuardServices, error: unknown): Refusal {
  // Functions of the application have raised their faults themselves.
  if (!(error instanceof UnavailableError)) events.raiseFault('guard', error);
  return { kind: 'unavailable' };
}

function refusalOf(reason: AuthenticationFailure): Refusal {
  return reason === 'unavailable' ? { kind: 'unavailable' } : { kind: 'token-refused', reason };
}
