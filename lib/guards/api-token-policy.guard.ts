import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { describeFault } from '../events/describe-fault.js';
import type { ApiTokenRequest } from '../http/api-token-context-adapter.js';
import { readCredential } from '../http/credential.js';
import type { Refusal } from '../http/refusal.js';
import { fillRequestSlot, requestSlot } from '../http/request-slot.js';
import type { GuardedRoute } from '../http/route-policy.js';
import { isPromise, type MaybePromise } from '../maybe-promise.js';
import type { Authentication } from '../tokens/authenticated-entry.js';
import { ApiTokenGuardServices } from './api-token-guard-services.js';
import { judgeAccess } from './judge-access.js';
import { refuse } from './refuse.js';

/** As djblets answers. */
const DEPRECATED = {
  'X-API-Token-Deprecated': 'This API token has a format that will go: ask for a new one',
};

/**
 * Lets a request pass where its API token's policy allows it. Bind it to a controller with
 * `@UseGuards(ApiTokenPolicyGuard)`, or to the whole application. What it throws is an {@link ApiTokenException} of
 * 400, 401, 403 or 503, or what `exceptionFactory` makes of it.
 *
 * @example
 * ```ts
 * @Module({ providers: [{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }] })
 * class AppModule {}
 * ```
 */
@Injectable()
export class ApiTokenPolicyGuard implements CanActivate {
  constructor(private readonly services: ApiTokenGuardServices) {}

  /** True at once where the token is kept in this process; otherwise a promise of true. Never anything else. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    let refusal: MaybePromise<Refusal | null>;
    try {
      refusal = this.#judge(context);
    } catch (error) {
      refusal = this.#faulted(error);
    }
    if (refusal === null) return true;
    if (!isPromise(refusal)) throw refuse(this.services, context, refusal);
    return refusal
      .catch((error: unknown) => this.#faulted(error))
      .then((settled) => {
        if (settled === null) return true;
        throw refuse(this.services, context, settled);
      });
  }

  #judge(context: ExecutionContext): MaybePromise<Refusal | null> {
    const { authenticator, formats, routes, rules } = this.services;
    const contextType = context.getType<string>();
    const adapter = this.services.contextOf(contextType);
    if (adapter === 'skip') return null;
    if (adapter === 'deny') return { kind: 'context-unsupported', contextType };

    const route = routes.of(context.getClass(), context.getHandler());
    if (route.kind === 'skipped' || rules.skipIf?.(context) === true) return null;

    const request = adapter.read(context);
    const slot = requestSlot(request.carrier, this.services);
    if (slot !== undefined) return judgeAccess(this.services, route, request, slot);
    const credential = readCredential(request, formats, rules.headers);
    if (credential.kind === 'ambiguous') return { kind: 'credential-ambiguous' };
    if (credential.kind === 'none')
      return rules.credentials === 'optional' ? null : { kind: 'credential-missing' };

    const answer = authenticator.authenticate(credential.secret);
    return isPromise(answer)
      ? answer.then((later) => this.#admit(later, route, request, context))
      : this.#admit(answer, route, request, context);
  }

  #admit(
    answer: Authentication,
    route: GuardedRoute,
    request: ApiTokenRequest,
    context: ExecutionContext,
  ): Refusal | null {
    if (!answer.ok) {
      return answer.reason === 'unavailable'
        ? { kind: 'unavailable' }
        : { kind: 'token-refused', reason: answer.reason };
    }
    const { token, owner, isDeprecated } = answer;
    const slot = { application: this.services, token, allowed: null };
    fillRequestSlot(request.carrier, slot);
    if (isDeprecated) this.services.setHeaders(context, DEPRECATED);
    if (owner !== undefined) Object.assign(request.carrier, { user: owner });
    return judgeAccess(this.services, route, request, slot);
  }

  #faulted(error: unknown): Refusal {
    this.services.events.raise({ type: 'faulted', component: 'guard', fault: describeFault(error) });
    return { kind: 'unavailable' };
  }
}
