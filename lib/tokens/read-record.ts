import type { ApiTokenRecord } from '../repositories/api-token-record.js';

/** The repository answered with something that is no token. */
export class MalformedRecordError extends Error {
  override readonly name = 'MalformedRecord';
}

const TEXTS = ['id', 'ownerId', 'digest'] as const;
const DATES = ['expiresAt', 'invalidatedAt'] as const;

/**
 * Checks a repository's answer.
 *
 * @returns Null where the repository knows no such token.
 * @throws {MalformedRecordError} Where a field is missing: a forgotten `expiresAt` would otherwise never expire.
 */
export function readRecord(answer: unknown): ApiTokenRecord | null {
  if (answer === null || answer === undefined) return null;
  if (typeof answer !== 'object')
    throw new MalformedRecordError(`expected a token record, got ${typeof answer}`);
  const record = answer as ApiTokenRecord;
  const missing = [
    ...TEXTS.filter((field) => typeof record[field] !== 'string' || record[field] === ''),
    ...DATES.filter((field) => record[field] === undefined),
  ];
  if (missing.length > 0) throw new MalformedRecordError(`the token record lacks ${missing.join(', ')}`);
  return record;
}
