import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { RECHECK_METADATA, setRouteMetadata } from '../routes/metadata.js';
import { RecheckApiTokenInterceptor } from '../interceptors/recheck-api-token.interceptor.js';
import { checkArguments, objectOf, wholeNumber } from '../utils/option-rules.js';

/** Node.js fires a longer timer at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How often the token of an answer is checked again. */
export interface RecheckApiTokenOptions {
  /**
   * Milliseconds between two checks, and so the longest that a stream outlives its token; `cache.lifetimeMs` comes on top
   * where another process has revoked it, and `timeouts.lookupMs` where the repository is slow.
   *
   * @default 5_000
   */
  readonly everyMs?: number;
}

/**
 * Authorizes a stream of events again at intervals while it lasts. Guards run once, when a stream opens: without this a client
 * that has one goes on receiving after its token has ended. The stream is ended, not failed: an `EventSource` opens it
 * again and is told 401 or 403, which stops it. It is also ended where the token can't be checked.
 *
 * For `@Sse()` handlers. An answer of another handler that has not begun in time is rejected instead, with 401, 403 or 503.
 * What a handler writes to the response itself, or sends as a file or another stream, is out of its reach.
 *
 * @example
 * ```ts
 * @Sse('events')
 * @RecheckApiToken({ everyMs: 10_000 })
 * events(): Observable<MessageEvent> {
 *   return this.changes.pipe(map((data) => ({ data })));
 * }
 * ```
 *
 * @throws {ApiTokenConfigurationError} Where `everyMs` is no whole number of milliseconds that a timer can wait.
 */
export function RecheckApiToken(options: RecheckApiTokenOptions = {}): ClassDecorator & MethodDecorator {
  checkArguments(
    '@RecheckApiToken()',
    { options: objectOf({ everyMs: wholeNumber(LONGEST_TIMER_MS) }) },
    { options },
  );
  const { everyMs = 5_000 } = options;
  return applyDecorators(
    setRouteMetadata(RECHECK_METADATA, everyMs),
    UseInterceptors(RecheckApiTokenInterceptor),
  );
}
