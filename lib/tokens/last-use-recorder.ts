import { describeFault } from '../events/describe-fault.js';
import { isApiTokenStore } from '../repositories/api-token-store.js';
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

  /** Writes down what is remembered. What can't be written now is tried again with the next. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { events, repository } = this.context;
    if (this.#used.size === 0 || !isApiTokenStore(repository)) return;
    const uses = this.#take();
    try {
      await repository.recordUses(new Map([...uses].map(([id, usedAt]) => [id, new Date(usedAt)])));
    } catch (error) {
      events.raise({ type: 'faulted', component: 'repository', fault: describeFault(error) });
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
