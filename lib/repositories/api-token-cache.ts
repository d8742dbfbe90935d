import { LRUCache } from 'lru-cache';
import { isPromise, type MaybePromise } from '../maybe-promise.js';
import { ExpiringMap } from './expiring-map.js';

/** What the cache keeps: something that belongs to a token. */
export interface CachedToken {
  readonly tokenId: string;
}

/** How much is kept, and for how long. */
export interface ApiTokenCacheLimits {
  /** The most tokens that are kept. Where there is no room for another, the one that was read first goes. */
  readonly maxTokens: number;
  /** How long a token is kept, in milliseconds from when it was read, however often it is used. */
  readonly lifetimeMs: number;
}

/** Unknown digests are kept apart, so that a flood of them can't push out a token. */
const MAX_UNKNOWN = 10_000;
const UNKNOWN_LIFETIME_MS = 1_000;

/**
 * Tokens by digest, in front of the repository. One read serves all who ask for a digest at once; a failed read is not
 * kept; and a read that was under way when a token changed is not kept either, so that it can't bring back what was ended.
 */
export class ApiTokenCache<Entry extends CachedToken> {
  #entries: ExpiringMap<Entry> | null = null;
  #unknown: LRUCache<string, true> | null = null;
  #digests = new Map<string, Set<string>>();
  #reads = new Map<string, Promise<Entry | null>>();

  /** @param limits - Null keeps nothing; reads are shared all the same. */
  constructor(private readonly limits: ApiTokenCacheLimits | null) {
    this.#startOver();
  }

  /** What is kept under a digest; null for a digest that is known to be unknown; undefined where it has to be read. */
  get(digest: string): Entry | null | undefined {
    return this.#entries?.get(digest) ?? (this.#unknown?.get(digest) === true ? null : undefined);
  }

  /** Reads what is not kept. */
  load(digest: string, read: () => MaybePromise<Entry | null>): MaybePromise<Entry | null> {
    const shared = this.#reads.get(digest);
    if (shared !== undefined) return shared;
    const reads = this.#reads;
    const answer = read();
    if (!isPromise(answer)) return this.#keep(digest, answer);
    const pending = answer.then(
      // Another map is in place when a token has changed meanwhile: what was read may be older than the change.
      (entry) => (this.#reads === reads ? this.#keep(digest, entry) : entry),
    );
    reads.set(digest, pending);
    const done = (): void => void reads.delete(digest);
    pending.then(done, done);
    return pending;
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
    const { maxTokens, lifetimeMs } = this.limits;
    this.#entries = new ExpiringMap({
      maxEntries: maxTokens,
      lifetimeMs,
      onGone: ({ tokenId }, digest) => this.#forgetDigest(tokenId, digest),
    });
    this.#unknown = new LRUCache({ max: MAX_UNKNOWN, ttl: Math.min(UNKNOWN_LIFETIME_MS, lifetimeMs) });
  }

  #keep(digest: string, entry: Entry | null): Entry | null {
    if (entry === null) {
      this.#unknown?.set(digest, true);
    } else if (this.#entries !== null) {
      // Noted before it is kept: nothing is kept that can't be forgotten.
      const digests = this.#digests.get(entry.tokenId) ?? new Set();
      this.#digests.set(entry.tokenId, digests.add(digest));
      this.#entries.set(digest, entry);
    }
    return entry;
  }

  #forgetDigest(tokenId: string, digest: string): void {
    const digests = this.#digests.get(tokenId);
    digests?.delete(digest);
    if (digests?.size === 0) this.#digests.delete(tokenId);
  }
}
