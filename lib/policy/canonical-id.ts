import { shortNumberOf } from './compiled/short-number.js';

/**
 * How the spellings of a resource ID are folded into one. `int`: decimal, no leading zeros, no plus sign, within the
 * safe integers. `uuid`: any case, compared in lower case. `exact`: as it is, but without control characters and at most
 * 1,024 characters long. A function returns the canonical spelling, or null for what is no ID of this resource.
 */
export type Canonicalizer = 'int' | 'uuid' | 'exact' | ((raw: string) => string | null);

/** A canonicalizer answered with a promise. */
class AsyncCanonicalizerError extends Error {
  override readonly name = 'AsyncCanonicalizer';
}

const INTEGER = /^(?:0|-?[1-9]\d{0,15})$/;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
// Databases end or alter strings at some of these, so that two spellings would name one item.
const CONTROL_CHARACTER = /\p{Cc}/u;
const MAX_EXACT_LENGTH = 1024;

/**
 * The canonical spelling of a resource ID, or null where `raw` is no ID of the resource.
 *
 * @example
 * ```ts
 * canonicalResourceId('int', '042'); // null
 * canonicalResourceId('uuid', '0F8FAD5B-D9CB-469F-A165-70867728950E'); // '0f8fad5b-d9cb-469f-a165-70867728950e'
 * ```
 */
export function canonicalResourceId(canonicalizer: Canonicalizer, raw: string): string | null {
  switch (canonicalizer) {
    case 'int':
      return shortNumberOf(raw) >= 0 || (INTEGER.test(raw) && Number.isSafeInteger(Number(raw))) ? raw : null;
    case 'uuid':
      return UUID.test(raw) ? raw.toLowerCase() : null;
    case 'exact':
      return raw.length <= MAX_EXACT_LENGTH && !CONTROL_CHARACTER.test(raw) ? raw : null;
    default:
      return ownCanonicalId(canonicalizer(raw));
  }
}

/** What a function of the application answered. Nobody waits for an ID: a promise is none. */
function ownCanonicalId(answer: string | null | Promise<never>): string | null {
  if (!(answer instanceof Promise)) return answer;
  // One that is rejected where nobody handles it ends a Node process.
  answer.catch(() => undefined);
  throw new AsyncCanonicalizerError('A canonicalizer has to answer at once, not with a promise.');
}
