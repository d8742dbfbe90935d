import type { Canonicalizer } from '../policy/index.js';

/** A canonicalizer in words. */
export function canonicalizerName(canonicalizer: Canonicalizer): string {
  return typeof canonicalizer === 'string' ? canonicalizer : 'a function';
}
