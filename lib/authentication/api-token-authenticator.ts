import type { ApiTokenFailure, NewApiTokenEvent } from '../events/api-token-event.js';
import { isPromise, type MaybePromise } from '../utils/maybe-promise.js';
import type { ApiTokenEvents } from '../events/api-token-events.js';
import type { SecretDigester } from '../secrets/secret-digester.js';
import type { SecretFormats } from '../secrets/secret-formats.js';
import type { ApiTokenCache } from './api-token-cache.js';
import type { LastUseRecorder } from './last-use-recorder.js';
import { MAX_SECRET_LENGTH } from '../secrets/api-token-format.js';
import { type AuthenticatedEntry, type ApiTokenAuthentication, failureAt } from './authenticated-entry.js';
import { ForeignRecordError, type TokenLoader } from './token-loader.js';
import { UnavailableError } from '../resilience/unavailable.error.js';

/**
 * Finds the token of a secret. The guard uses it; use it for secrets that come another way, such as over a socket.
 *
 * @example
 * ```ts
 * const answer = await authenticator.authenticate(secret);
 * if (answer.ok) console.log(answer.token.ownerId);
 * ```
 */
export class ApiTokenAuthenticator {
  readonly #loader: TokenLoader;
  readonly #cache: ApiTokenCache<AuthenticatedEntry>;
  readonly #formats: SecretFormats;
  readonly #digester: SecretDigester;
  readonly #lastUse: LastUseRecorder;
  readonly #events: ApiTokenEvents;
  readonly #clock: () => number;

  /** @internal */
  constructor(
    loader: TokenLoader,
    cache: ApiTokenCache<AuthenticatedEntry>,
    formats: SecretFormats,
    digester: SecretDigester,
    lastUse: LastUseRecorder,
    events: ApiTokenEvents,
    clock: () => number,
  ) {
    this.#loader = loader;
    this.#cache = cache;
    this.#formats = formats;
    this.#digester = digester;
    this.#lastUse = lastUse;
    this.#events = events;
    this.#clock = clock;
  }

  /**
   * The token, or why there is none. Answers at once where the token is kept in this process. Where something fails that
   * has to be asked, such as the repository or the owner provider, the reason is `'unavailable'`. Never throws.
   */
  authenticate(secret: string): MaybePromise<ApiTokenAuthentication> {
    try {
      return this.#authenticate(secret);
    } catch (error) {
      return this.#failed(error);
    }
  }

  #authenticate(secret: string): MaybePromise<ApiTokenAuthentication> {
    // What a stranger sends over a socket may be anything.
    if (typeof secret !== 'string' || secret.length > MAX_SECRET_LENGTH) return this.#reject('malformed');
    // Not the whole digest: joining the key ID to it, only to look it up, takes 140 ns.
    const fingerprint = this.#digester.fingerprint(secret);
    const kept = this.#cache.get(fingerprint);
    return kept === undefined ? this.#load(secret, fingerprint) : this.#check(kept);
  }

  #load(secret: string, fingerprint: string): MaybePromise<ApiTokenAuthentication> {
    // Only now: what is kept is well-formed.
    const format = this.#formats.accepted.find((accepted) => accepted.hasShape(secret));
    if (format === undefined || !format.hasValidChecksum(secret)) return this.#reject('malformed');
    const read = () => this.#loader.load(secret, fingerprint, format);
    const entry = this.#cache.load(fingerprint, read);
    return isPromise(entry)
      ? entry.then((loaded) => this.#check(loaded)).catch((error: unknown) => this.#failed(error))
      : this.#check(entry);
  }

  #check(entry: AuthenticatedEntry | null): ApiTokenAuthentication {
    if (entry === null) return this.#reject('unknown');
    const now = this.#clock();
    const failure = failureAt(entry, now);
    if (failure !== null) return this.#reject(failure, entry);
    this.#lastUse.record(entry, now);
    return entry.success;
  }

  #reject(reason: ApiTokenFailure, entry?: AuthenticatedEntry): ApiTokenAuthentication {
    if (this.#events.observed) this.#events.emit(rejectionEvent(reason, entry));
    return { ok: false, reason };
  }

  #failed(error: unknown): ApiTokenAuthentication {
    if (error instanceof ForeignRecordError) return this.#reject('unknown');
    if (!(error instanceof UnavailableError)) this.#events.emitFault('authenticator', error);
    return this.#reject('unavailable');
  }
}

function rejectionEvent(reason: ApiTokenFailure, entry: AuthenticatedEntry | undefined): NewApiTokenEvent {
  if (entry === undefined) return { type: 'rejected', reason };
  const token = { tokenId: entry.tokenId, ownerId: entry.success.token.ownerId };
  if (reason === 'expired') return { type: 'used-after-expiry', ...token };
  if (reason === 'rotated') return { type: 'used-after-rotation', ...token };
  return { type: 'rejected', reason, ...token };
}
