import { Injectable } from '@nestjs/common';
import type { AuthenticationFailure, NewApiTokenEvent } from '../events/api-token-event.js';
import { isPromise, type MaybePromise } from '../maybe-promise.js';
import { ApiTokenEnvironment } from './api-token-environment.js';
import { MAX_SECRET_LENGTH } from './api-token-format.js';
import { type AuthenticatedEntry, type Authentication, failureAt } from './authenticated-entry.js';
import { ForeignRecordError, TokenLoader } from './token-loader.js';
import { UnavailableError } from './unavailable.error.js';

/**
 * Finds the token of a secret. The guard uses it; use it for secrets that come another way, such as over a socket.
 *
 * @example
 * ```ts
 * const answer = await authenticator.authenticate(secret);
 * if (answer.ok) console.log(answer.token.ownerId);
 * ```
 */
@Injectable()
export class ApiTokenAuthenticator {
  readonly #loader: TokenLoader;

  constructor(private readonly environment: ApiTokenEnvironment) {
    this.#loader = new TokenLoader(environment);
  }

  /**
   * The token, or why there is none. Answers at once where the token is kept in this process. Where something fails that
   * has to be asked, such as the repository or the owner provider, the reason is `'unavailable'`. Never throws.
   */
  authenticate(secret: string): MaybePromise<Authentication> {
    try {
      return this.#authenticate(secret);
    } catch (error) {
      return this.#failed(error);
    }
  }

  #authenticate(secret: string): MaybePromise<Authentication> {
    const { cache, digester } = this.environment;
    // What a stranger sends over a socket may be anything.
    if (typeof secret !== 'string' || secret.length > MAX_SECRET_LENGTH) return this.#refuse('malformed');
    // Not the whole digest: joining the key ID to it, only to look it up, takes 140 ns.
    const fingerprint = digester.fingerprint(secret);
    const kept = cache.get(fingerprint);
    return kept === undefined ? this.#load(secret, fingerprint) : this.#judge(kept);
  }

  #load(secret: string, fingerprint: string): MaybePromise<Authentication> {
    // Only now: what is kept is well-formed.
    const format = this.environment.formats.find((accepted) => accepted.hasShape(secret));
    if (format === undefined || !format.hasValidChecksum(secret)) return this.#refuse('malformed');
    const read = () => this.#loader.load(secret, fingerprint, format);
    const entry = this.environment.cache.load(fingerprint, read);
    return isPromise(entry)
      ? entry.then((loaded) => this.#judge(loaded)).catch((error: unknown) => this.#failed(error))
      : this.#judge(entry);
  }

  #judge(entry: AuthenticatedEntry | null): Authentication {
    if (entry === null) return this.#refuse('unknown');
    const now = this.environment.rules.clock();
    const failure = failureAt(entry, now);
    if (failure !== null) return this.#refuse(failure, entry);
    this.environment.uses.record(entry, now);
    return entry.success;
  }

  #refuse(reason: AuthenticationFailure, entry?: AuthenticatedEntry): Authentication {
    const { events } = this.environment;
    if (events.observed) events.raise(refusalEvent(reason, entry));
    return { ok: false, reason };
  }

  #failed(error: unknown): Authentication {
    if (error instanceof ForeignRecordError) return this.#refuse('unknown');
    if (!(error instanceof UnavailableError)) this.environment.events.raiseFault('authenticator', error);
    return this.#refuse('unavailable');
  }
}

function refusalEvent(
  reason: AuthenticationFailure,
  entry: AuthenticatedEntry | undefined,
): NewApiTokenEvent {
  if (entry === undefined) return { type: 'refused', reason };
  const token = { tokenId: entry.tokenId, ownerId: entry.success.token.ownerId };
  if (reason === 'expired') return { type: 'used-after-expiry', ...token };
  if (reason === 'rotated') return { type: 'used-after-rotation', ...token };
  return { type: 'refused', reason, ...token };
}
