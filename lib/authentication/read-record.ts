import { ignoreRejection, isPromise } from '../utils/maybe-promise.js';
import { type ApiTokenRecord, FIELD_DEFAULTS } from '../tokens/api-token-record.js';
import { unpolluted } from '../policy/unpolluted.js';

/** The repository answered with something that is no token. */
export class MalformedRecordError extends Error {
  override readonly name = 'MalformedRecord';
}

const TEXTS = ['id', 'ownerId', 'digest'] as const;
const DATES = ['expiresAt', 'revokedAt'] as const;

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

/** What the authenticator uses of a record, each field read once. */
function copyOf(given: ApiTokenRecord): ApiTokenRecord {
  const {
    id,
    ownerId,
    digest,
    policy,
    expiresAt,
    revokedAt,
    secretExpiresAt = null,
    createdAt = null,
  } = given;
  const fields: Record<string, unknown> = { ...FIELD_DEFAULTS };
  for (const field of Object.keys(FIELD_DEFAULTS) as (keyof typeof FIELD_DEFAULTS)[]) {
    if (!DATES.some((date) => date === field)) fields[field] = given[field] ?? FIELD_DEFAULTS[field];
  }
  const record = { ...fields, id, ownerId, digest, policy, expiresAt, revokedAt, secretExpiresAt, createdAt };
  const awaited = Object.values(record).filter((value) => isPromise<unknown>(value));
  awaited.forEach(ignoreRejection);
  if (awaited.length > 0) throw new MalformedRecordError('the token record holds promises');
  return record;
}
