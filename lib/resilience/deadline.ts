import { isPromise, type MaybePromise } from '../utils/maybe-promise.js';

/** An answer did not come in time. */
export class DeadlineExceededError extends Error {
  override readonly name = 'DeadlineExceeded';
  readonly code = 'DEADLINE_EXCEEDED';
}

/** Waits for an answer no longer than the deadline, in milliseconds. What comes later is dropped. */
export function withinDeadline<T>(answer: MaybePromise<T>, deadlineMs: number): MaybePromise<T> {
  if (!isPromise(answer)) return answer;
  let timer: NodeJS.Timeout;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DeadlineExceededError(`No answer within ${deadlineMs} ms`)),
      deadlineMs,
    );
  });
  return Promise.race([answer, deadline]).finally(() => clearTimeout(timer));
}
