import { Logger } from '@nestjs/common';
import type { ApiTokenEvents } from '../events/api-token-events.js';
import type { StoreAccess } from '../resilience/store-access.js';

/** The latest use of a token that is not written down yet. */
export interface PendingUse {
  /** In milliseconds since 1970; null as soon as it is being written. */
  at: number | null;
}

/** Something that is used in the name of a token. */
export interface UsedToken {
  readonly tokenId: string;
  /** Kept by the {@link LastUseRecorder}, so that a token that is used again needs no look-up. */
  use: PendingUse | null;
}

/** The most tokens whose use waits to be written: with so many it is written before its time. */
const MAX_PENDING = 10_000;

/**
 * Remembers when tokens were used, and writes it down now and then: a request that is let in writes nothing. It keeps an
 * ID and a time for each token and no more, because tokens that leave the cache must leave the memory.
 */
export class LastUseRecorder {
  #pending = new Map<string, PendingUse>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<boolean> | null = null;
  #isFailing = false;
  #isStopped = false;
  #isEndSeen = false;

  constructor(
    private readonly store: StoreAccess,
    private readonly events: ApiTokenEvents,
    private readonly flushMs: number | null,
  ) {}

  /** Remembers a use, at a time in milliseconds since 1970. */
  record(token: UsedToken, nowMs: number): void {
    const { use } = token;
    if (use === null || use.at === null) this.#begin(token, nowMs);
    else if (nowMs > use.at) use.at = nowMs;
  }

  /**
   * Writes down what is remembered, after what is being written already. What can't be written now is tried again with the
   * next. Never throws.
   *
   * @returns Whether nothing failed.
   */
  async flush(): Promise<boolean> {
    while (this.#writing !== null) await this.#writing;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#write(this.#take());
    this.#isFailing = !(await this.#writing);
    this.#writing = null;
    if (this.#pending.size > 0) this.#schedule();
    return !this.#isFailing;
  }

  /** Forgets what is remembered, and remembers nothing from now on. */
  stop(): void {
    this.#isStopped = true;
    this.#take();
    clearTimeout(this.#timer);
  }

  #begin(token: UsedToken, nowMs: number): void {
    if (this.flushMs === null || this.#isStopped) return;
    token.use = this.#remember(token.tokenId, nowMs);
    this.#schedule();
    // A store that fails or does not keep up is not asked more often.
    const isIdle = this.#writing === null && !this.#isFailing;
    if (isIdle && this.#pending.size >= MAX_PENDING) void this.flush();
  }

  #schedule(): void {
    if (this.flushMs === null || this.#isStopped) return;
    this.#timer ??= setTimeout(() => {
      this.#checkEnd();
      void this.flush();
    }, this.flushMs).unref();
  }

  /** Not at start: an application may still call it, and a test that ends before needs none. */
  #checkEnd(): void {
    if (this.#isEndSeen || !this.store.isAvailable) return;
    this.#isEndSeen = true;
    if (process.listenerCount('SIGTERM') > 0) return;
    new Logger('ApiTokenModule').warn(
      'Nothing listens for SIGTERM, so that a process that is stopped loses the last uses of tokens that are not written ' +
        'yet: call app.enableShutdownHooks(), or set lastUsed: false.',
    );
  }

  /** Null where there is no room for another token, whose use is lost. */
  #remember(tokenId: string, usedAt: number): PendingUse | null {
    const known = this.#pending.get(tokenId);
    if (known === undefined && this.#pending.size >= MAX_PENDING) return null;
    const use = known ?? { at: usedAt };
    use.at = Math.max(use.at ?? usedAt, usedAt);
    this.#pending.set(tokenId, use);
    return use;
  }

  #take(): Map<string, number> {
    const uses = new Map<string, number>();
    for (const [tokenId, use] of this.#pending) {
      if (use.at !== null) uses.set(tokenId, use.at);
      use.at = null;
    }
    this.#pending = new Map();
    return uses;
  }

  async #write(uses: ReadonlyMap<string, number>): Promise<boolean> {
    const { events, store } = this;
    try {
      // A mere repository has nowhere to keep them.
      if (uses.size === 0 || !store.isAvailable) return true;
      const dates = new Map([...uses].map(([id, usedAt]) => [id, new Date(usedAt)]));
      await store.write((kept) => kept.recordUses(dates));
      return true;
    } catch (error) {
      events.emitFault('repository', error);
      if (!this.#isStopped) for (const [tokenId, usedAt] of uses) this.#remember(tokenId, usedAt);
      return false;
    }
  }
}
