import type { ExecutionContext } from '@nestjs/common';
import type { ApiTokenAuthenticator } from '../authentication/api-token-authenticator.js';
import type { ApiTokenAuthentication } from '../authentication/authenticated-entry.js';
import type { PolicyEvaluator } from '../authentication/policy-evaluator.js';
import type { ApiTokenFailure } from '../events/api-token-event.js';
import type { ApiTokenEvents } from '../events/api-token-events.js';
import type { ApiTokenException } from '../exceptions/api-token.exception.js';
import { canonicalResourceId } from '../policy/index.js';
import type { ApiTokenContextAdapter, ApiTokenRequest } from '../request/api-token-context-adapter.js';
import {
  type ApiTokenExceptionFactory,
  checkedExceptionFactory,
  checkedSkipIf,
} from '../request/application-callbacks.js';
import { readCredential } from '../request/credential.js';
import { emptyCarrier, fillMessage, messageToken, openMessage } from '../request/message-tokens.js';
import type { Rejection } from '../request/rejection.js';
import type { RequestContexts } from '../request/request-contexts.js';
import {
  type AllowedAccess,
  fillRequestState,
  type RequestState,
  requestState,
} from '../request/request-state.js';
import { setRequestUser } from '../request/request-user.js';
import { UnavailableError } from '../resilience/unavailable.error.js';
import type { GuardedRoute, ItemRoute } from '../routes/route-declaration.js';
import type { RouteRegistry } from '../routes/route-registry.js';
import type { SecretFormats } from '../secrets/secret-formats.js';
import { isPromise, type MaybePromise } from '../utils/maybe-promise.js';
import type { DecisionObservers, GuardDecision } from './decision-observer.js';
import { rejectionException } from './rejection-exception.js';

/** As djblets answers. */
const DEPRECATED = {
  'X-API-Token-Deprecated': 'Deprecated token format: request a new token',
};

/** Which requests are checked, and how they are answered. */
export interface AuthorizationRules {
  readonly credentials: 'required' | 'optional';
  /** Headers that carry API tokens, lower-case. */
  readonly headers: readonly string[];
  readonly explainDenials: boolean;
  readonly skipIf: ((context: ExecutionContext) => boolean) | null;
  readonly exceptionFactory: ApiTokenExceptionFactory | null;
}

/**
 * When a request is authorized. `'arrival'` leaves the token on the request, and believes what a guard before has left
 * there. `'recheck'` authenticates anew and touches neither the request nor the response, which is under way.
 */
export type Occasion = 'arrival' | 'recheck';

/** Authorizes requests: each of its steps is a method, in their order. */
export class RequestAuthorizer {
  // All private to inspection too: this stands on each request, which applications log.
  readonly #routes: RouteRegistry;
  readonly #contexts: RequestContexts;
  readonly #formats: SecretFormats;
  readonly #authenticator: ApiTokenAuthenticator;
  readonly #evaluator: PolicyEvaluator;
  readonly #observers: DecisionObservers;
  readonly #events: ApiTokenEvents;
  readonly #rules: AuthorizationRules;

  constructor(
    routes: RouteRegistry,
    contexts: RequestContexts,
    formats: SecretFormats,
    authenticator: ApiTokenAuthenticator,
    evaluator: PolicyEvaluator,
    observers: DecisionObservers,
    events: ApiTokenEvents,
    rules: AuthorizationRules,
  ) {
    this.#routes = routes;
    this.#contexts = contexts;
    this.#formats = formats;
    this.#authenticator = authenticator;
    this.#evaluator = evaluator;
    this.#observers = observers;
    this.#events = events;
    this.#rules = {
      ...rules,
      skipIf: rules.skipIf && checkedSkipIf(rules.skipIf, events),
      exceptionFactory: rules.exceptionFactory && checkedExceptionFactory(rules.exceptionFactory, events),
    };
  }

  /** Authorizes a request: null where it may pass, or why not. Never throws. */
  authorize(context: ExecutionContext, occasion: Occasion): MaybePromise<Rejection | null> {
    try {
      const rejection = this.#authorize(context, occasion);
      return isPromise(rejection) ? rejection.catch((error: unknown) => this.#fault(error)) : rejection;
    } catch (error) {
      return this.#fault(error);
    }
  }

  /** Sets the headers of a rejection and makes the exception to throw: the application's own where it can make one. */
  reject(context: ExecutionContext, rejection: Rejection): Error {
    const exception = rejectionException(rejection, this.#rules.explainDenials);
    this.#announce(context, rejection);
    if (this.#observers.observed) this.#observers.notify(context, { outcome: 'rejected', rejection });
    try {
      this.#contexts.setHeaders(context, exception.headers);
    } catch (error) {
      this.#events.emitFault('guard', error);
    }
    const adapter = this.#contexts.of(context.getType());
    // An adapter knows its wire, and exceptionFactory perhaps HTTP only.
    const makeException = (typeof adapter === 'object' && adapter.exception) || this.#rules.exceptionFactory;
    try {
      acknowledge(adapter, rejection, exception, context);
    } catch {
      // The adapter has emitted its fault itself. The exception still answers the client where it can.
    }
    try {
      return makeException === null ? exception : makeException(rejection, exception, context);
    } catch {
      // The callback has emitted its fault itself.
      return exception;
    }
  }

  #authorize(context: ExecutionContext, occasion: Occasion): MaybePromise<Rejection | null> {
    const contextType = context.getType<string>();
    const isArrival = occasion === 'arrival';
    const isMessage = contextType !== 'http';
    const route = this.#routes.of(context);
    const isDeclaredSkipped = route?.kind === 'skipped';
    if (isDeclaredSkipped || (route !== undefined && this.#rules.skipIf?.(context) === true)) {
      if (isMessage && isArrival) openMessage(context);
      return this.#skipped(context, isDeclaredSkipped ? 'declaration' : 'skip-if');
    }
    const adapter = this.#contexts.of(contextType);
    if (adapter === 'skip') return this.#skipped(context, 'context');
    if (typeof adapter !== 'object') return { kind: 'context-unsupported', contextType };
    if (route === undefined) return { kind: 'route-unknown' };

    const request = adapter.read(context);
    const carrier = adapter.carrier(context);
    // Nothing is believed of a message: a socket outlives the token that an earlier one came with.
    if (isMessage && isArrival) openMessage(context);
    const state = isMessage ? undefined : requestState(carrier, this);
    if (isArrival && state !== undefined) return this.#authorizeAccess(context, route, request, state);
    const credential = readCredential(request, this.#formats.accepted, this.#rules.headers);
    if (isMessage && isArrival && credential.kind !== 'secret') emptyCarrier(carrier);
    if (credential.kind === 'ambiguous') return { kind: 'credential-ambiguous' };
    if (credential.kind === 'none') {
      // A token without a credential: the request has lost the one it came with.
      const hadToken = isMessage ? messageToken(context) !== undefined : state !== undefined;
      if (this.#rules.credentials !== 'optional' || hadToken) return { kind: 'credential-missing' };
      if (this.#observers.observed) this.#observers.notify(context, { outcome: 'passed' });
      return null;
    }

    if (isArrival && credential.field !== 'authorization') this.#contexts.keepFromSharedCaches(context);
    const answer = this.#authenticator.authenticate(credential.secret);
    return isAnswer(answer)
      ? this.#onAuthenticated(answer, occasion, route, request, carrier, context)
      : answer.then((later) => this.#onAuthenticated(later, occasion, route, request, carrier, context));
  }

  #onAuthenticated(
    answer: ApiTokenAuthentication,
    occasion: Occasion,
    route: GuardedRoute,
    request: ApiTokenRequest,
    carrier: object,
    context: ExecutionContext,
  ): Rejection | null {
    const isArrival = occasion === 'arrival';
    const isMessage = context.getType() !== 'http';
    if (!answer.ok) {
      if (isArrival && isMessage) emptyCarrier(carrier);
      return rejectionOf(answer.reason);
    }
    const { token, owner, isDeprecated } = answer;
    const state = { application: this, token, allowed: null };
    if (isArrival && isMessage) {
      // Not the owner: a payload or an answer may carry what the carrier does.
      fillMessage(context, carrier, token);
    } else if (isArrival) {
      fillRequestState(carrier, state);
      if (isDeprecated) this.#contexts.setHeaders(context, DEPRECATED);
      if (owner !== undefined) setRequestUser(context.getArgByIndex(0), owner);
    }
    return this.#authorizeAccess(context, route, request, state);
  }

  /** Whether the token of a request may do what the request asks of its route: null, or why not. */
  #authorizeAccess(
    context: ExecutionContext,
    route: GuardedRoute,
    request: ApiTokenRequest,
    state: RequestState,
  ): Rejection | null {
    if (route.kind === 'closed') return { kind: 'route-closed' };
    if (route.kind === 'misconfigured') return { kind: 'route-misconfigured', problems: route.problems };

    const { declaredMethod } = route;
    const { method } = request;
    if (declaredMethod !== null && declaredMethod !== method && !isHeadOfGet(method, declaredMethod)) {
      return { kind: 'method-mismatch', method, declaredMethod };
    }
    if (route.kind === 'authenticated') return this.#allowed(context, { route, method, resourceId: null });

    const { policyId } = route;
    const resourceId = route.kind === 'item' ? resourceIdOf(route, request) : null;
    if (route.kind === 'item' && resourceId === null) {
      return { kind: 'resource-id-not-canonical', policyId, param: route.param };
    }

    const { token } = state;
    let { allowed } = state;
    if (allowed?.route !== route || allowed.method !== method || allowed.resourceId !== resourceId) {
      const policy = this.#evaluator.compiled(token);
      if (!policy.allows(policyId, method, resourceId)) {
        const decision = policy.decide(policyId, method, resourceId);
        this.#events.emit({ type: 'denied', decision, tokenId: token.id, ownerId: token.ownerId });
        return { kind: token.policy === null ? 'policy-unusable' : 'policy-denied', decision };
      }
      allowed = state.allowed = { route, method, resourceId };
    }
    return this.#allowed(context, allowed);
  }

  #allowed(context: ExecutionContext, access: AllowedAccess): null {
    if (this.#observers.observed) this.#observers.notify(context, { outcome: 'allowed', access });
    return null;
  }

  #skipped(context: ExecutionContext, by: Extract<GuardDecision, { outcome: 'skipped' }>['by']): null {
    if (this.#observers.observed) this.#observers.notify(context, { outcome: 'skipped', by });
    return null;
  }

  /** A part of the application failed: it is emitted once, and the request is rejected. */
  #fault(error: unknown): Rejection {
    // Callbacks of the application have emitted their faults themselves.
    if (!(error instanceof UnavailableError)) this.#events.emitFault('guard', error);
    return { kind: 'unavailable' };
  }

  /** Lets the operator know of a handler or a context that nothing is known of: no client can be the reason. */
  #announce(context: ExecutionContext, rejection: Rejection): void {
    const contextType = context.getType<string>();
    const isUnknown =
      rejection.kind === 'route-unknown' ||
      (rejection.kind === 'context-unsupported' && this.#contexts.of(contextType) === undefined);
    if (!isUnknown) return;
    // What a library of other contexts calls handler may be no method of a class.
    const names = [nameOf(context.getClass()), nameOf(context.getHandler())];
    this.#events.emit({
      type: 'handler-rejected',
      reason: rejection.kind,
      handler: names.filter((name) => name !== undefined).join('.'),
      contextType,
    });
  }
}

/** Not isPromise(), which has met answers of too many shapes to be quick. */
function isAnswer(answer: MaybePromise<ApiTokenAuthentication>): answer is ApiTokenAuthentication {
  // What somebody gave Object.prototype makes no answer of a promise.
  return 'ok' in answer && (!('ok' in Object.prototype) || Object.hasOwn(answer, 'ok'));
}

function rejectionOf(reason: ApiTokenFailure): Rejection {
  return reason === 'unavailable' ? { kind: 'unavailable' } : { kind: 'token-rejected', reason };
}

/** Nest serves HEAD with the GET handler. */
function isHeadOfGet(method: string, declaredMethod: string): boolean {
  return method === 'HEAD' && declaredMethod === 'GET';
}

function resourceIdOf({ param, canonicalizer }: ItemRoute, { params }: ApiTokenRequest): string | null {
  const given = params[param];
  // Outside HTTP an ID may be a number. As text it has one form, which `int` knows.
  const raw = typeof given === 'number' && canonicalizer === 'int' ? String(given) : given;
  if (typeof raw !== 'string' || raw === '') return null;
  const resourceId: unknown = canonicalResourceId(canonicalizer, raw);
  return typeof resourceId === 'string' ? resourceId : null;
}

/** Answers a client that waits for an acknowledgement: Nest calls none for a message that a guard rejects. */
function acknowledge(
  adapter: ApiTokenContextAdapter | 'deny' | 'skip' | undefined,
  rejection: Rejection,
  exception: ApiTokenException,
  context: ExecutionContext,
): void {
  if (typeof adapter === 'object' && adapter.acknowledge !== undefined) {
    adapter.acknowledge(rejection, exception, context);
  } else if (context.getType() === 'ws') {
    // After client and payload Nest puts the acknowledgement of socket.io, where the client asked for one.
    const callback = context.getArgByIndex<unknown>(2);
    if (typeof callback === 'function') callback(exception.getResponse());
  }
}

function nameOf(value: { readonly name: string } | null | undefined): string | undefined {
  return value?.name;
}
