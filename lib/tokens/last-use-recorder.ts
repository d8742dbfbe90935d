import type { StoreWriterContext } from './store-writer-context.js';

/** Something that is used in the name of a token. */
export interface UsedToken {
  readonly tokenId: string;
  /** The latest use that is not written down yet, in milliseconds since 1970; null where there is none. */
  usedAt: number | null;
}

/**
 * Remembers when tokens were used, and writes it down now and then: a request that is let in writes nothing.
 */
export class LastUseRecorder {
  #used = new Set<UsedToken>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly context: StoreWriterContext,
    private readonly flushMs: number | null,
  ) {}

  /** Remembers a use, at a time in milliseconds since 1970. */
  record(token: UsedToken, nowMs: number): void {
    if (this.flushMs === null) return;
    // The time is kept on the token itself: a Map by ID would be written to on every request.
    if (token.usedAt === null) {
      this.#used.add(token);
      this.#timer ??= setTimeout(() => void this.flush(), this.flushMs).unref();
    }
    token.usedAt = nowMs;
  }

  /**
   * Writes down what is remembered, and waits for what is being written already. What can't be written now is tried again
   * with the next. Never throws.
   */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = Promise.all([this.#writing, this.#write(this.#take())]);
    await this.#writing;
  }

  async #write(uses: ReadonlyMap<string, number>): Promise<void> {
    const { events, store } = this.context;
    try {
      // A mere repository has nowhere to keep them.
      if (uses.size === 0 || !store.isThere) return;
      const dates = new Map([...uses].map(([id, usedAt]) => [id, new Date(usedAt)]));
      await store.write((kept) => kept.recordUses(dates));
    } catch (error) {
      events.raiseFault('repository', error);
      for (const [tokenId, usedAt] of uses) this.record({ tokenId, usedAt: null }, usedAt);
    }
  }

  #take(): Map<string, number> {
    const uses = new Map<string, number>();
    for (const token of this.#used) {
      uses.set(token.tokenId, Math.max(token.usedAt ?? 0, uses.get(token.tokenId) ?? 0));
      token.usedAt = null;
    }
    this.#used = new Set();
    return uses;
  }
}
