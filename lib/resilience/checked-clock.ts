import type { ApiTokenEvents } from '../events/api-token-events.js';
import { checkedCallback } from './checked-callback.js';
import { UnusableAnswerError } from './unavailable.error.js';

/** The time furthest from 1970 that a Date can hold, in milliseconds. */
const MAX_TIME_MS = 8.64e15;

/**
 * A clock of the application, which tells a time or throws: no token may be checked against NaN, or live on before the
 * beginning of time.
 */
export function checkedClock(clock: () => number, events: ApiTokenEvents): () => number {
  return checkedCallback('clock', clock, readTime, events);
}

function readTime(answer: unknown): number {
  if (typeof answer === 'number' && Math.abs(answer) <= MAX_TIME_MS) return answer;
  throw new UnusableAnswerError('The clock told no time in milliseconds since 1970');
}
