import { abandon, isPromise } from '../maybe-promise.js';
import type { ApiTokenRecord } from '../repositories/api-token-record.js';
import { unpolluted } from '../unpolluted.js';

/** The repository answered with something that is no token. */
export class MalformedRecordError extends Error {
  override readonly name = 'MalformedRecord';
}

const TEXTS = ['id', 'ownerId', 'digest'] as const;
const DATES = ['expiresAt', 'invalidatedAt'] as const;

/**
 * Checks a repository's answer.
 *
 * @returns A copy: what was checked is what is used, also where a field is a getter. Null where the repository knows no
 * such token.
 * @throws {MalformedRecordError} Where a field is missing: a forgotten `expiresAt` would otherwise never expire.
 */
export function readRecord(answer: unknown): ApiTokenRecord | null {
  if (answer === null || answer === undefined) return null;
  if (typeof answer !== 'object')
    throw new MalformedRecordError(`expected a token record, got ${typeof answer}`);
  const record = copyOf(unpolluted(answer as ApiTokenRecord));
  const missing = [
    ...TEXTS.filter((field) => typeof record[field] !== 'string' || record[field] === ''),
    ...DATES.filter((field) => record[field] === undefined),
  ];
  if (missing.length > 0) throw new MalformedRecordError(`the token record lacks ${missing.join(', ')}`);
  return record;
}

function copyOf({
  id,
  ownerId,
  digest,
  secretExpiresAt = null,
  policy,
  expiresAt,
  invalidatedAt,
  invalidationReason = null,
  pausedAt = null,
  notBefore = null,
  kind = 'default',
  note = '',
  metadata = null,
  createdAt = null,
  lastUsedAt = null,
}: ApiTokenRecord): ApiTokenRecord {
  const state = { secretExpiresAt, expiresAt, invalidatedAt, invalidationReason, pausedAt, notBefore };
  const record = { id, ownerId, digest, policy, kind, note, metadata, createdAt, lastUsedAt, ...state };
  const awaited = Object.values(record).filter((value) => isPromise<unknown>(value));
  awaited.forEach(abandon);
  if (awaited.length > 0) throw new MalformedRecordError('the token record holds promises');
  return record;
}
