import { LRUCache } from 'lru-cache';
import { isPromise, type MaybePromise } from '../utils/maybe-promise.js';

/** What the cache keeps: something that belongs to a token. */
export interface CachedToken {
  readonly tokenId: string;
  /** About how many bytes of memory it holds. */
  readonly bytes: number;
}

/** How much is kept, and for how long. */
export interface ApiTokenCacheLimits {
  /**
   * The most tokens that are kept. Beyond it, the one that was used longest ago is dropped.
   *
   * @default 10_000
   */
  readonly maxTokens: number;
  /**
   * The most memory that tokens may hold, in bytes, as estimated from their policies, metadata and notes. A token that
   * is larger than that works, but is read on each request.
   *
   * @default 134_217_728 (128 MiB)
   */
  readonly maxBytes: number;
  /**
   * How long a token is kept, in milliseconds from when the read of it began, however often it is used.
   *
   * @default 5_000
   */
  readonly lifetimeMs: number;
}

/** Unknown digests are kept apart, so that a flood of them can't push out a token. */
const MAX_UNKNOWN = 10_000;
const UNKNOWN_LIFETIME_MS = 1_000;

interface Kept<Entry> {
  readonly entry: Entry;
  readonly readAtMs: number;
}

interface PendingRead<Entry> {
  readonly answer: Promise<Entry | null>;
  readonly startedAtMs: number;
}

/**
 * Whether something is younger than its lifetime.
 *
 * @throws {TypeError} Where it has no age: what says nothing of that is not what was kept.
 */
function isYoung(sinceMs: unknown, lifetimeMs: number): boolean {
  if (typeof sinceMs === 'number') return performance.now() - sinceMs < lifetimeMs;
  throw new TypeError('The cache answered with something that has no age');
}

/**
 * Tokens by digest, in front of the repository. One read serves all who ask for a digest at once; a failed read is not
 * kept; and a read that was under way when a token changed is not kept either, so that it can't bring back what was ended.
 *
 * Ages are asked of a monotonic clock when an entry is read: a timer fires late in a busy process, and the time of day may
 * be set back.
 */
export class ApiTokenCache<Entry extends CachedToken> {
  #entries: LRUCache<string, Kept<Entry>> | null = null;
  #unknown: LRUCache<string, number> | null = null;
  #digests = new Map<string, Set<string>>();
  #reads = new Map<string, PendingRead<Entry>>();
  readonly #lifetimeMs: number;
  readonly #unknownLifetimeMs: number;

  /** @param limits - Null keeps nothing and shares no read. */
  constructor(private readonly limits: ApiTokenCacheLimits | null) {
    this.#lifetimeMs = limits?.lifetimeMs ?? 0;
    this.#unknownLifetimeMs = Math.min(UNKNOWN_LIFETIME_MS, this.#lifetimeMs);
    this.#startOver();
  }

  /** What is kept under a digest; null for a digest that is known to be unknown; undefined where it has to be read. */
  get(digest: string): Entry | null | undefined {
    const kept = this.#entries?.get(digest);
    if (kept !== undefined) {
      if (isYoung(kept.readAtMs, this.#lifetimeMs)) return kept.entry;
      this.#entries!.delete(digest);
    }
    const unknownSinceMs = this.#unknown?.get(digest);
    if (unknownSinceMs === undefined) return undefined;
    return isYoung(unknownSinceMs, this.#unknownLifetimeMs) ? null : undefined;
  }

  /** Reads what is not kept. */
  load(digest: string, read: () => MaybePromise<Entry | null>): MaybePromise<Entry | null> {
    if (this.limits === null) return read();
    const startedAtMs = performance.now();
    const shared = this.#reads.get(digest);
    // An older read may have begun before a change that another process has made longer ago than the lifetime.
    if (shared !== undefined && startedAtMs - shared.startedAtMs < this.#lifetimeMs) return shared.answer;
    const reads = this.#reads;
    const answer = read();
    if (!isPromise(answer)) return this.#keep(digest, answer, startedAtMs);
    const pending: PendingRead<Entry> = {
      startedAtMs,
      answer: answer.then(
        // Another map is in place when a token has changed meanwhile: what was read may be older than the change.
        (entry) => (this.#reads === reads ? this.#keep(digest, entry, startedAtMs) : entry),
      ),
    };
    reads.set(digest, pending);
    const done = (): void => {
      if (reads.get(digest) === pending) reads.delete(digest);
    };
    pending.answer.then(done, done);
    return pending.answer;
  }

  /** Forgets a token that has changed, at once. */
  forget(tokenId: string): void {
    this.#forget(() => {
      for (const digest of this.#digests.get(tokenId) ?? []) this.#entries?.delete(digest);
    });
  }

  /** Forgets all tokens, at once. */
  clear(): void {
    this.#forget(() => this.#entries?.clear());
  }

  /** Forgets that a digest was unknown: a token has just been given it. */
  forgetUnknown(digest: string): void {
    this.#forget(() => this.#unknown?.delete(digest));
  }

  #forget(drop: () => void): void {
    this.#reads = new Map();
    try {
      drop();
    } catch {
      // What can't be forgotten alone is forgotten with all the rest: an ended token must not live on.
      this.#startOver();
    }
  }

  #startOver(): void {
    this.#digests = new Map();
    if (this.limits === null) return;
    this.#entries = new LRUCache({
      max: this.limits.maxTokens,
      maxSize: this.limits.maxBytes,
      sizeCalculation: ({ entry }) => entry.bytes,
      dispose: ({ entry }, digest) => this.#forgetDigest(entry.tokenId, digest),
      noDisposeOnSet: true,
    });
    this.#unknown = new LRUCache({ max: MAX_UNKNOWN });
  }

  #keep(digest: string, entry: Entry | null, readAtMs: number): Entry | null {
    if (entry === null) {
      this.#unknown?.set(digest, readAtMs);
    } else if (this.#entries !== null && entry.bytes <= this.limits!.maxBytes) {
      const replaced = this.#entries.peek(digest);
      if (replaced !== undefined) this.#forgetDigest(replaced.entry.tokenId, digest);
      // Noted before it is kept: nothing is kept that can't be forgotten.
      const digests = this.#digests.get(entry.tokenId) ?? new Set();
      this.#digests.set(entry.tokenId, digests.add(digest));
      this.#entries.set(digest, { entry, readAtMs });
    }
    return entry;
  }

  #forgetDigest(tokenId: string, digest: string): void {
    const digests = this.#digests.get(tokenId);
    digests?.delete(digest);
    if (digests?.size === 0) this.#digests.delete(tokenId);
  }
}

/** What those who change tokens need of a cache: to make it forget. */
export type ApiTokenCacheEviction = Pick<ApiTokenCache<CachedToken>, 'forget' | 'forgetUnknown' | 'clear'>;
