import { inspect } from 'node:util';
import { describeFault } from '../events/describe-fault.js';

/** Deeper than loggers print, and not so deep that a whole connection is printed. */
const EVERYTHING = { depth: 10, showHidden: true, maxArrayLength: null, maxStringLength: null } as const;

/**
 * What a store has thrown, without the digest that it was handed. Drivers put the parameters of a query into the error of
 * its failure, and whoever catches that logs it. An error that does not hold the digest is left as it is.
 */
export function withoutDigest(error: unknown, digest: string): unknown {
  const hash = digest.slice(digest.indexOf(':') + 1);
  if (!inspect(error, EVERYTHING).includes(hash)) return error;
  const clean = (text: string): string => text.replaceAll(hash, '<digest>');
  if (!(error instanceof Error)) return new Error(`The store threw ${clean(String(error))}`);
  const told = Object.assign(new Error(clean(error.message)), describeFault(error));
  told.stack = clean(error.stack ?? '');
  return told;
}
