import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { exhaustMap, filter, from, interval, type Observable, takeUntil } from 'rxjs';
import { describeFault } from '../events/describe-fault.js';
import { ApiTokenGuardServices } from '../guards/api-token-guard-services.js';
import { judgeRequest } from '../guards/judge-request.js';
import { RECHECK_METADATA, routeMetadata } from '../http/metadata.js';
import type { Refusal } from '../http/refusal.js';

/** Ends a stream of events when its API token may no longer open it. Bound by `@RecheckApiToken()`. */
@Injectable()
export class RecheckApiTokenInterceptor implements NestInterceptor {
  constructor(private readonly services: ApiTokenGuardServices) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const everyMs = routeMetadata<number>(RECHECK_METADATA, context.getClass(), context.getHandler());
    const events = next.handle();
    return everyMs === undefined ? events : events.pipe(takeUntil(this.#refusals(context, everyMs)));
  }

  #refusals(context: ExecutionContext, everyMs: number): Observable<Refusal> {
    return interval(everyMs).pipe(
      exhaustMap(() => from(this.#recheck(context))),
      filter((refusal) => refusal !== null),
    );
  }

  async #recheck(context: ExecutionContext): Promise<Refusal | null> {
    try {
      return await judgeRequest(this.services, context, 'recheck');
    } catch (error) {
      this.services.events.raise({ type: 'faulted', component: 'guard', fault: describeFault(error) });
      return { kind: 'unavailable' };
    }
  }
}
