import type { ApiTokenRepository } from '../tokens/api-token-repository.js';
import { type ApiTokenStore, isApiTokenStore } from '../tokens/api-token-store.js';
import { ApiTokenError, StoreRequiredError } from '../tokens/api-token.error.js';
import { DeadlineExceededError } from './deadline.js';
import { PendingCalls, TooManyCallsError } from './pending-calls.js';

/** The most calls that are unanswered at once. More than look-ups, because an application may import tokens in bulk. */
const MAX_PENDING = 10_000;

/**
 * The application's store, as those ask it who manage tokens: each answer comes within `timeouts.managementMs`, or an
 * {@link ApiTokenError} with the code `DEADLINE_EXCEEDED` does. Where very many answers are missing, the code is
 * `TOO_MANY_CALLS` at once.
 */
export class StoreAccess {
  readonly #pending = new PendingCalls(MAX_PENDING);

  /** @param deadlineMs - `timeouts.managementMs`. */
  constructor(
    private readonly repository: ApiTokenRepository,
    private readonly deadlineMs: number,
  ) {}

  /** Whether the application's repository can keep tokens. */
  get isAvailable(): boolean {
    return isApiTokenStore(this.repository);
  }

  /** Asks for what changes nothing. */
  read<T>(ask: (store: ApiTokenStore) => Promise<T>): Promise<T> {
    return this.#ask(ask, 'Nothing was changed: try again.');
  }

  /**
   * Asks for a change.
   *
   * @param forget - Forgets in this process what is changed. Done before, because a change whose answer never comes may
   * have been made; and after, however late, because a request may have read the old state meanwhile.
   */
  async write<T>(
    ask: (store: ApiTokenStore) => Promise<T>,
    forget: () => void = () => undefined,
  ): Promise<T> {
    forget();
    const change = async (store: ApiTokenStore): Promise<T> => {
      try {
        return await ask(store);
      } finally {
        forget();
      }
    };
    try {
      return await this.#ask(
        change,
        'Whether the change was made is not known, and it may still be: see what is stored, then try again.',
      );
    } finally {
      forget();
    }
  }

  async #ask<T>(ask: (store: ApiTokenStore) => Promise<T>, advice: string): Promise<T> {
    const { repository, deadlineMs } = this;
    if (!isApiTokenStore(repository)) throw new StoreRequiredError();
    try {
      return await this.#pending.ask(() => ask(repository), deadlineMs);
    } catch (error) {
      if (error instanceof TooManyCallsError) {
        const message = `${MAX_PENDING} calls of the store are unanswered, so this one was not made. Nothing was changed: try again.`;
        throw new ApiTokenError('TOO_MANY_CALLS', 'repository', message);
      }
      if (!(error instanceof DeadlineExceededError)) throw error;
      const message = `The store did not answer within ${deadlineMs} ms. ${advice}`;
      throw new ApiTokenError('DEADLINE_EXCEEDED', 'repository', message);
    }
  }
}
