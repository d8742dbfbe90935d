import { LRUCache } from 'lru-cache';
import { isPromise, type MaybePromise } from '../maybe-promise.js';

/** What the cache keeps: something that belongs to a token. */
export interface CachedToken {
  readonly tokenId: string;
  /** How much memory it takes, in bytes. */
  readonly bytes: number;
}

/** How much is kept, and for how long. */
export interface ApiTokenCacheLimits {
  /**
   * The most tokens that are kept. Where there is no room for another, the one that was not used for longest goes.
   *
   * @default 10_000
   */
  readonly maxTokens: number;
  /**
   * The most memory that the kept tokens take, in bytes, as it is estimated from the length of their policies, notes and
   * metadata. What an owner provider has loaded is not counted. A token that needs more than this works, and is looked up
   * for each request.
   *
   * @default 67_108_864 (64 MiB)
   */
  readonly maxBytes: number;
  /**
   * How long a token is kept, in milliseconds from when its look-up began, however often it is used.
   *
   * @default 5_000
   */
  readonly lifetimeMs: number;
}

/** Unknown digests are kept apart, so that a flood of them can't push out a token. */
const MAX_UNKNOWN = 10_000;
const UNKNOWN_LIFETIME_MS = 1_000;

/** A look-up that has begun, and when, on a clock that nobody sets. */
interface Begun<T> {
  readonly at: number;
  readonly answer: T;
}

/**
 * Tokens by digest, in front of the repository. One read serves all who ask for a digest at once; a failed read is not
 * kept; and a read that was under way when a token changed is not kept either, so that it can't bring back what was ended.
 */
export class ApiTokenCache<Entry extends CachedToken> {
  #entries: LRUCache<string, Begun<Entry>> | null = null;
  #unknown: LRUCache<string, Begun<null>> | null = null;
  #digests = new Map<string, Set<string>>();
  #reads = new Map<string, Begun<Promise<Entry | null>>>();

  /** @param limits - Null keeps nothing and shares no read, so that every request learns what is stored when it comes. */
  constructor(private readonly limits: ApiTokenCacheLimits | null) {
    this.#startOver();
  }

  /** What is kept under a digest; null for a digest that is known to be unknown; undefined where it has to be read. */
  get(digest: string): Entry | null | undefined {
    if (this.limits === null) return undefined;
    const kept = this.#entries?.get(digest);
    if (kept !== undefined) {
      if (ageOf(kept) < this.limits.lifetimeMs) return kept.answer;
      this.#entries?.delete(digest);
      return undefined;
    }
    const unknown = this.#unknown?.get(digest);
    if (unknown === undefined) return undefined;
    return ageOf(unknown) < Math.min(UNKNOWN_LIFETIME_MS, this.limits.lifetimeMs) ? null : undefined;
  }

  /** Reads what is not kept. */
  load(digest: string, read: () => MaybePromise<Entry | null>): MaybePromise<Entry | null> {
    if (this.limits === null) return read();
    const at = performance.now();
    const shared = this.#reads.get(digest);
    // What has changed since a read began may be missing in its answer, as in an entry that is as old.
    if (shared !== undefined && at - shared.at < this.limits.lifetimeMs) return shared.answer;
    const reads = this.#reads;
    const answer = read();
    if (!isPromise(answer)) return this.#keep(digest, at, answer);
    const begun: Begun<Promise<Entry | null>> = {
      at,
      answer: answer.then((entry) =>
        // Another is in place when the token has changed meanwhile: what was read may be older than the change.
        this.#reads.get(digest) === begun ? this.#keep(digest, at, entry) : entry,
      ),
    };
    reads.set(digest, begun);
    const done = (): void => {
      if (reads.get(digest) === begun) reads.delete(digest);
    };
    begun.answer.then(done, done);
    return begun.answer;
  }

  /** Forgets a token that has changed, at once. */
  forget(tokenId: string): void {
    this.#forget(() => {
      for (const digest of [...(this.#digests.get(tokenId) ?? [])]) this.#entries?.delete(digest);
    });
  }

  /** Forgets all tokens, at once. */
  clear(): void {
    this.#forget(() => this.#entries?.clear());
  }

  /** Forgets that a digest was unknown: a token has just been given it. */
  admit(digest: string): void {
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
      sizeCalculation: ({ answer }) => answer.bytes,
      dispose: ({ answer }, digest) => this.#forgetDigest(answer.tokenId, digest),
      noDisposeOnSet: true,
    });
    this.#unknown = new LRUCache({ max: MAX_UNKNOWN });
  }

  #keep(digest: string, at: number, entry: Entry | null): Entry | null {
    if (entry === null) {
      this.#unknown?.set(digest, { at, answer: null });
    } else if (this.limits !== null && entry.bytes <= this.limits.maxBytes) {
      const replaced = this.#entries?.peek(digest)?.answer;
      if (replaced !== undefined) this.#forgetDigest(replaced.tokenId, digest);
      // Noted before it is kept: nothing is kept that can't be forgotten.
      const digests = this.#digests.get(entry.tokenId) ?? new Set();
      this.#digests.set(entry.tokenId, digests.add(digest));
      this.#entries?.set(digest, { at, answer: entry });
    }
    return entry;
  }

  #forgetDigest(tokenId: string, digest: string): void {
    const digests = this.#digests.get(tokenId);
    digests?.delete(digest);
    if (digests?.size === 0) this.#digests.delete(tokenId);
  }
}

/** Asked of the clock whenever something is read: a timer goes off late where the process is busy. */
function ageOf({ at }: Begun<unknown>): number {
  const age = performance.now() - at;
  if (Number.isNaN(age)) throw new TypeError('The cache answered with what was not kept there');
  return age;
}
