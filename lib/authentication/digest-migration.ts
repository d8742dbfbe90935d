import { withinDeadline } from '../resilience/deadline.js';
import type { ApiTokenEvents } from '../events/api-token-events.js';
import type { StoreAccess } from '../resilience/store-access.js';

/** More than wait are dropped: their turn comes when their token is looked up again. */
const MAX_WAITING = 1_000;

/**
 * Moves digests that were made with an old key to the current one, one after the other: a request never waits for it.
 */
export class DigestMigration {
  readonly #waiting = new Set<string>();
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: StoreAccess,
    private readonly events: ApiTokenEvents,
  ) {}

  /** Queues a digest, with the one to replace it. */
  add(digest: string, replacement: string): void {
    if (this.#isStopped || this.#waiting.size >= MAX_WAITING || this.#waiting.has(digest)) return;
    this.#waiting.add(digest);
    this.#running = this.#running.then(() => this.#replace(digest, replacement));
  }

  /**
   * Waits until the queue is empty, but not longer than a time in milliseconds: what waits then is dropped.
   *
   * @returns Whether the queue was empty in time.
   */
  async drain(deadlineMs: number): Promise<boolean> {
    try {
      await withinDeadline(this.#running, deadlineMs);
      return true;
    } catch (error) {
      this.#waiting.clear();
      this.events.emitFault('repository', error);
      return false;
    }
  }

  /** Drops what waits, and what comes from now on. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.clear();
  }

  async #replace(digest: string, replacement: string): Promise<void> {
    const { events, store } = this;
    try {
      if (!this.#waiting.has(digest) || !store.isAvailable) return;
      await store.write((kept) => kept.replaceDigest(digest, replacement));
    } catch (error) {
      events.emitFault('repository', error);
    } finally {
      this.#waiting.delete(digest);
    }
  }
}
