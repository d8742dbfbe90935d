/** A value, at once or later. What is there at once is not awaited: an awaited guard costs a tick on each request. */
export type MaybePromise<T> = T | Promise<T>;

/** Whether an answer has to be awaited. */
export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Goes on with an answer as soon as it is there: now, where it is there already. */
export function andThen<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isPromise(value) ? value.then(next) : next(value);
}
