import { abandon } from '../maybe-promise.js';

/** Tells somebody, who can do no harm by it: what is thrown is dropped, and so is what is rejected. */
export function harmless(notify: () => unknown): void {
  try {
    abandon(notify());
  } catch {
    // There is nobody left to tell: the one who failed was the one to be told.
  }
}
