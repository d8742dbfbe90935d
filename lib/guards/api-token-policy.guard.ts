import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional } from '@nestjs/common';
import type { Refusal } from '../http/refusal.js';
import { isPromise, type MaybePromise } from '../maybe-promise.js';
import { type ApiTokenGuardServices, GUARD_SERVICES, ownServices } from './api-token-guard-services.js';
import { faultRefusal, judgeRequest } from './judge-request.js';
import { refuse } from './refuse.js';

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
  private readonly services: ApiTokenGuardServices;

  constructor(@Optional() @Inject(GUARD_SERVICES) services?: ApiTokenGuardServices) {
    this.services = ownServices(services, 'ApiTokenPolicyGuard');
  }

  /** True at once where the token is kept in this process; otherwise a promise of true. Never anything else. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    let refusal: MaybePromise<Refusal | null>;
    try {
      refusal = judgeRequest(this.services, context, 'arrival');
    } catch (error) {
      refusal = faultRefusal(this.services, error);
    }
    if (refusal === null) return true;
    if (!isPromise(refusal)) throw refuse(this.services, context, refusal);
    return refusal
      .catch((error: unknown) => faultRefusal(this.services, error))
      .then((settled) => {
        if (settled === null) return true;
        throw refuse(this.services, context, settled);
      });
  }
}
