/** Something a token depends on failed, so that nothing can be said of the token. The event has been emitted. */
export class UnavailableError extends Error {
  override readonly name = 'Unavailable';
}

/** A function answered with something that can't be relied on. */
export class UnusableAnswerError extends Error {
  override readonly name = 'UnusableAnswer';
}
