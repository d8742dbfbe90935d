import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional } from '@nestjs/common';
import type { Rejection } from '../request/rejection.js';
import { isPromise } from '../utils/maybe-promise.js';
import { AUTHORIZER_SOURCE, type AuthorizerSource, ownSource } from './authorizer-source.js';
import type { RequestAuthorizer } from './request-authorizer.js';

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
  // Neither `#source` nor a private method: where a guard that extends this one has a forward reference, Nest copies the
  // fields to another object, which has neither.
  private readonly source: AuthorizerSource;

  /** @internal */
  constructor(@Optional() @Inject(AUTHORIZER_SOURCE) source?: AuthorizerSource) {
    this.source = ownSource(source, 'ApiTokenPolicyGuard');
  }

  /** True at once where the token is kept in this process; otherwise a promise of true. Never anything else. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { authorizer } = this.source;
    const rejection = authorizer.authorize(context, 'arrival');
    if (rejection === null) return true;
    if (isPromise(rejection)) return rejection.then((answer) => pass(authorizer, context, answer));
    return pass(authorizer, context, rejection);
  }
}

function pass(authorizer: RequestAuthorizer, context: ExecutionContext, rejection: Rejection | null): true {
  if (rejection === null) return true;
  throw authorizer.reject(context, rejection);
}
