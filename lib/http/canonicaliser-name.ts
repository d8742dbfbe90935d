import type { Canonicaliser } from '../policy/index.js';

/** A canonicaliser in words. */
export function canonicaliserName(canonicaliser: Canonicaliser): string {
  return typeof canonicaliser === 'string' ? canonicaliser : 'a function';
}
