import { describeFault } from '../events/describe-fault.js';
import { isApiTokenStore } from '../repositories/api-token-store.js';
import type { StoreWriterContext } from './store-writer-context.js';

/** More than wait are dropped: their turn comes when their token is looked up again. */
const MAX_WAITING = 1_000;

/**
 * Moves digests that were made with an old key to the current one, one after the other: a request never waits for it.
 */
export class RedigestQueue {
  readonly #waiting = new Map<string, string>();
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly environment: StoreWriterContext) {}

  /** Queues a digest, with the one to replace it. */
  add(digest: string, replacement: string): void {
    if (this.#waiting.size >= MAX_WAITING || this.#waiting.has(digest)) return;
    this.#waiting.set(digest, replacement);
    this.#running = this.#running.then(() => this.#replace(digest, replacement));
  }

  /** Waits until the queue is empty. */
  async drain(): Promise<void> {
    await this.#running;
  }

  async #replace(digest: string, replacement: string): Promise<void> {
    const { events, repository } = this.environment;
    try {
      if (isApiTokenStore(repository)) await repository.replaceDigest(digest, replacement);
    } catch (error) {
      events.raise({ type: 'faulted', component: 'repository', fault: describeFault(error) });
    } finally {
      this.#waiting.delete(digest);
    }
  }
}
