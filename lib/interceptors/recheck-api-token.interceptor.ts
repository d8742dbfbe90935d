import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  Optional,
} from '@nestjs/common';
import { exhaustMap, filter, from, interval, type Observable, takeUntil, tap } from 'rxjs';
import {
  type ApiTokenGuardServices,
  GUARD_SERVICES,
  ownServices,
} from '../guards/api-token-guard-services.js';
import { faultRefusal, judgeRequest } from '../guards/judge-request.js';
import { refuse } from '../guards/refuse.js';
import { RECHECK_METADATA, routeMetadata } from '../http/metadata.js';
import type { Refusal } from '../http/refusal.js';

/** Ends an answer whose API token may no longer ask for it. Bound by `@RecheckApiToken()`. */
@Injectable()
export class RecheckApiTokenInterceptor implements NestInterceptor {
  private readonly services: ApiTokenGuardServices;

  constructor(@Optional() @Inject(GUARD_SERVICES) services?: ApiTokenGuardServices) {
    this.services = ownServices(services, 'RecheckApiTokenInterceptor');
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const everyMs = routeMetadata<number>(RECHECK_METADATA, context.getClass(), context.getHandler());
    const answer = next.handle();
    return everyMs === undefined ? answer : answer.pipe(takeUntil(this.#refusals(context, everyMs)));
  }

  /** A refusal ends what has begun. What has not begun fails with it, or its first part would pass for the whole. */
  #refusals(context: ExecutionContext, everyMs: number): Observable<Refusal> {
    return interval(everyMs).pipe(
      exhaustMap(() => from(this.#recheck(context))),
      filter((refusal) => refusal !== null),
      tap((refusal) => {
        if (!hasBegun(context)) throw refuse(this.services, context, refusal);
      }),
    );
  }

  async #recheck(context: ExecutionContext): Promise<Refusal | null> {
    try {
      return await judgeRequest(this.services, context, 'recheck');
    } catch (error) {
      return faultRefusal(this.services, error);
    }
  }
}

interface HttpResponse {
  readonly headersSent: boolean;
}

function hasBegun(context: ExecutionContext): boolean {
  if (context.getType() !== 'http') return false;
  const response = context.getArgByIndex<HttpResponse & { readonly raw?: HttpResponse }>(1);
  return (response.raw ?? response).headersSent;
}
