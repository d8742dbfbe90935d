import { isPromise as isNativePromise } from 'node:util/types';

/** A value, at once or later. What is there at once is not awaited: an awaited guard costs a tick on each request. */
export type MaybePromise<T> = T | Promise<T>;

/** Whether an answer has to be awaited. */
export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Goes on with an answer as soon as it is there: now, where it is there already. */
export function andThen<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** Drops an answer that nobody waits for: a promise that is rejected where nobody handles it ends a Node process. */
export function ignoreRejection(answer: unknown): void {
  // Not by its own `catch`: a lazy one, such as a query that runs when it is awaited, must not start now.
  if (isNativePromise(answer)) Promise.prototype.then.call(answer, undefined, () => undefined);
}

/** Calls a function of the application whose failure nobody waits for: what it throws or rejects with is dropped. */
export function swallowErrors(call: () => unknown): void {
  try {
    ignoreRejection(call());
  } catch {
    // Nobody is left to tell: it was the one to be told.
  }
}
