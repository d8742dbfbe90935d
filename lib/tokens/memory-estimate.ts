import type { TokenPolicy } from '../policy/index.js';

/**
 * What an object of JSON takes for each character of its text, in bytes: 3 for large policies to 11 for small ones, with
 * what is compiled of them.
 */
const BYTES_PER_CHARACTER = 8;

/** What the smallest policy takes, in bytes, compiled. */
const POLICY_BYTES = 1_024;

/** What a text takes at most, in bytes. Nothing for what is no text: a repository may answer with anything. */
export function textBytes(text: unknown): number {
  return typeof text === 'string' ? 2 * text.length : 0;
}

/** What an object takes that is read from JSON text, in bytes. */
export function documentBytes(text: unknown): number {
  return typeof text === 'string' ? BYTES_PER_CHARACTER * text.length : 0;
}

/** What a policy takes, read and compiled, in bytes. */
export function policyBytes(policy: TokenPolicy, stored: unknown): number {
  return POLICY_BYTES + documentBytes(typeof stored === 'string' ? stored : JSON.stringify(policy));
}
