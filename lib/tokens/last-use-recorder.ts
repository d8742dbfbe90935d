import type { StoreWriterContext } from './store-writer-context.js';

/** More tokens than this are written at once, however soon after the last time. */
const MAX_USED = 10_000;
/** More are not remembered, where the store takes none: a time of last use is worth no more memory than that. */
const MAX_REMEMBERED = 5 * MAX_USED;

/** When a token was used last. Holds nothing else of the token, so that it may outlive the token's place in the cache. */
export interface LastUse {
  readonly tokenId: string;
  /** In milliseconds since 1970. */
  usedAtMs: number;
  /** Whether it waits to be written. */
  isPending: boolean;
}

/** Something that is used in the name of a token. */
export interface UsedToken {
  readonly tokenId: string;
  /** Kept by the {@link LastUseRecorder}. */
  lastUse: LastUse | null;
}

/**
 * Remembers when tokens were used, and writes it down now and then: a request that is let in writes nothing.
 */
export class LastUseRecorder {
  #pending = new Map<string, LastUse>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | null = null;
  #isClosed = false;

  constructor(
    private readonly context: StoreWriterContext,
    private readonly flushMs: number | null,
  ) {}

  /** Remembers a use, at a time in milliseconds since 1970. */
  record(token: UsedToken, nowMs: number): void {
    // The place is kept on the token: a Map by ID would be asked on every request.
    const { lastUse } = token;
    if (lastUse?.isPending !== true) token.lastUse = this.#remember(token.tokenId, nowMs);
    else if (nowMs > lastUse.usedAtMs) lastUse.usedAtMs = nowMs;
  }

  /**
   * Writes down what is remembered, after what is being written already. What can't be written now is tried again with the
   * next. Never throws.
   */
  async flush(): Promise<void> {
    await this.#writing;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.size === 0) return;
    this.#writing ??= this.#write(this.#take()).finally(() => (this.#writing = null));
    await this.#writing;
  }

  /** Writes down what is remembered, and remembers nothing from now on. Never throws. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
    clearTimeout(this.#timer);
  }

  #remember(tokenId: string, usedAtMs: number): LastUse | null {
    if (this.flushMs === null || this.#isClosed) return null;
    const known = this.#pending.get(tokenId);
    if (known !== undefined) {
      known.usedAtMs = Math.max(known.usedAtMs, usedAtMs);
      return known;
    }
    if (this.#pending.size >= MAX_REMEMBERED) return null;
    const lastUse: LastUse = { tokenId, usedAtMs, isPending: true };
    this.#pending.set(tokenId, lastUse);
    this.#schedule(this.#pending.size === MAX_USED ? 0 : this.flushMs);
    return lastUse;
  }

  #schedule(delayMs: number): void {
    if (delayMs === 0) clearTimeout(this.#timer);
    else if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.flush(), delayMs).unref();
  }

  async #write(uses: ReadonlyMap<string, LastUse>): Promise<void> {
    const { events, store } = this.context;
    try {
      // A mere repository has nowhere to keep them.
      if (!store.isThere) return;
      const dates = new Map([...uses].map(([id, { usedAtMs }]) => [id, new Date(usedAtMs)]));
      await store.write((kept) => kept.recordUses(dates));
    } catch (error) {
      events.raiseFault('repository', error);
      for (const { tokenId, usedAtMs } of uses.values()) this.#remember(tokenId, usedAtMs);
    }
  }

  #take(): ReadonlyMap<string, LastUse> {
    const uses = this.#pending;
    for (const use of uses.values()) use.isPending = false;
    this.#pending = new Map();
    return uses;
  }
}
