import { isObservable } from 'rxjs';

/** The owner provider answered with something that is no owner. */
export class MalformedOwnerError extends Error {
  override readonly name = 'MalformedOwner';
}

/**
 * Checks an owner provider's answer: `false`, an empty list of rows or an error that is returned must not let a token in.
 *
 * @returns Null where there is no owner.
 * @throws {MalformedOwnerError} Where the answer is not one object.
 */
export function readOwner(answer: unknown): object | null {
  if (answer === null || answer === undefined) return null;
  if (typeof answer === 'object' && !isOfOwners(answer) && !(answer instanceof Error)) return answer;
  throw new MalformedOwnerError('expected an owner or null');
}

function isOfOwners(answer: object): boolean {
  return Symbol.iterator in answer || Symbol.asyncIterator in answer || isObservable(answer);
}
