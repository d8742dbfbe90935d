import type { ApiTokenFaultSource } from '../events/api-token-event.js';
import type { ApiTokenEvents } from '../events/api-token-events.js';
import { ignoreRejection } from '../utils/maybe-promise.js';
import { UnavailableError } from './unavailable.error.js';

/**
 * A function of the application that is asked on requests. What it throws, and an answer that can't be used, is emitted
 * as a fault of its component.
 *
 * @param read - Reads its answer, and throws where it can't be used. A promise never can: nothing here is awaited.
 * @returns The function, which throws an {@link UnavailableError} and nothing else.
 */
export function checkedCallback<Arguments extends readonly unknown[], Answer>(
  component: ApiTokenFaultSource,
  callback: (...args: Arguments) => unknown,
  read: (answer: unknown) => Answer,
  events: ApiTokenEvents,
): (...args: Arguments) => Answer {
  return (...args) => {
    let answer: unknown;
    try {
      answer = callback(...args);
      return read(answer);
    } catch (error) {
      ignoreRejection(answer);
      // Told already, where another function of the application was asked to read the answer.
      if (error instanceof UnavailableError) throw error;
      events.emitFault(component, error);
      throw new UnavailableError(`The ${component} failed`, { cause: error });
    }
  };
}
