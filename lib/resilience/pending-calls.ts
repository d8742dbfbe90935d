import { isPromise, type MaybePromise } from '../utils/maybe-promise.js';
import { withinDeadline } from './deadline.js';

/** A part of the application owes so many answers that it is asked for no other. */
export class TooManyCallsError extends Error {
  override readonly name = 'TooManyCalls';
  readonly code = 'TOO_MANY_CALLS';
}

/** How long nothing was asked where one more call tries whether there are answers again, in milliseconds. */
const TRY_MS = 1_000;

/** A call that began so many deadlines before one that is answered is not expected to be answered any more. */
const LOST_AFTER_DEADLINES = 2;

/**
 * Asks a part of the application within a deadline, and bounds how many calls are unanswered at once. Those that were
 * given up count, too: a driver keeps them in its queue until the database answers.
 */
export class PendingCalls {
  /** In the order in which they began. */
  readonly #pending = new Set<{ readonly at: number }>();
  #latestAt = 0;

  constructor(private readonly most: number) {}

  /**
   * Asks, and waits no longer than the deadline, in milliseconds.
   *
   * @throws {TooManyCallsError} Where too many calls are unanswered: this one is not made.
   */
  ask<T>(ask: () => MaybePromise<T>, deadlineMs: number): MaybePromise<T> {
    const at = performance.now();
    if (this.#pending.size >= this.most && at - this.#latestAt < TRY_MS) {
      throw new TooManyCallsError(`${this.#pending.size} calls are unanswered`);
    }
    const asked = ask();
    if (!isPromise(asked)) return asked;
    // Once: what is like a promise, such as a query, may run each time that it is awaited.
    const answer = Promise.resolve(asked);
    const call = { at };
    this.#pending.add(call);
    this.#latestAt = at;
    const answered = (): void => this.#remove(call, LOST_AFTER_DEADLINES * deadlineMs);
    answer.then(answered, answered);
    return withinDeadline(answer, deadlineMs);
  }

  #remove(call: { readonly at: number }, lostAfterMs: number): void {
    this.#pending.delete(call);
    for (const older of this.#pending) {
      if (call.at - older.at < lostAfterMs) return;
      // Otherwise a driver that loses calls would leave no room for any, for ever.
      this.#pending.delete(older);
    }
  }
}
