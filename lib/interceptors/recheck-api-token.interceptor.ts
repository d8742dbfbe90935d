import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  Optional,
} from '@nestjs/common';
import { exhaustMap, filter, interval, type Observable, takeUntil, tap } from 'rxjs';
import { AUTHORIZER_SOURCE, type AuthorizerSource, ownSource } from '../guards/authorizer-source.js';
import { RECHECK_METADATA, routeMetadata } from '../routes/metadata.js';
import type { Rejection } from '../request/rejection.js';

/** Ends an answer whose API token may no longer ask for it. Bound by `@RecheckApiToken()`. */
@Injectable()
export class RecheckApiTokenInterceptor implements NestInterceptor {
  readonly #source: AuthorizerSource;

  /** @internal */
  constructor(@Optional() @Inject(AUTHORIZER_SOURCE) source?: AuthorizerSource) {
    this.#source = ownSource(source, 'RecheckApiTokenInterceptor');
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const everyMs = routeMetadata<number>(RECHECK_METADATA, context.getClass(), context.getHandler());
    const answer = next.handle();
    return everyMs === undefined ? answer : answer.pipe(takeUntil(this.#rejections(context, everyMs)));
  }

  /** A rejection ends what has begun. What has not begun fails with it, or its first part would pass for the whole. */
  #rejections(context: ExecutionContext, everyMs: number): Observable<Rejection> {
    return interval(everyMs).pipe(
      exhaustMap(async () => this.#source.authorizer.authorize(context, 'recheck')),
      filter((rejection) => rejection !== null),
      tap((rejection) => {
        if (!hasBegun(context)) throw this.#source.authorizer.reject(context, rejection);
      }),
    );
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
