import { randomBytes } from 'node:crypto';
import { type StoredApiToken, storedApiToken } from '../tokens/api-token-record.js';
import { unpolluted } from '../policy/unpolluted.js';
import { ApiTokenError } from '../tokens/api-token.error.js';
import { checkDate, checkMetadata, checkOwnerId, checkPast, checkText } from './check-arguments.js';
import { expiryOf } from './check-lifetime.js';
import { checkPolicy } from './check-policy.js';
import type { ImportApiTokenOptions, IssueApiTokenOptions } from './issue-options.js';
import type { TokenRules } from './token-rules.js';

/**
 * A new token as it is stored, of checked options.
 *
 * @throws {ApiTokenError} Where an option is wrong.
 * @throws {InvalidTokenPolicyError} Where the policy is.
 */
export function newToken(
  { ownerId, policy, note = '', metadata = null, notBefore = null, ...expiry }: IssueApiTokenOptions,
  rules: TokenRules,
): StoredApiToken {
  const nowMs = rules.clock();
  const expiresAt = expiryOf(unpolluted(expiry), rules.lifetimes, nowMs);
  return storedApiToken({
    id: newTokenId(nowMs),
    ownerId: checkOwnerId(ownerId),
    policy: checkPolicy(policy, rules),
    note: checkText(note, 'note'),
    metadata: checkMetadata(metadata),
    createdAt: new Date(nowMs),
    notBefore: checkNotBefore(notBefore, expiresAt),
    expiresAt,
  });
}

/**
 * An imported token as it is stored. It keeps its history, so that its expiry may be past and is held to no rule.
 *
 * @throws {ApiTokenError} Where an option is wrong.
 * @throws {InvalidTokenPolicyError} Where the policy is.
 */
export function importedToken(options: ImportApiTokenOptions, rules: TokenRules): StoredApiToken {
  const {
    createdAt,
    expiresAt = null,
    lastUsedAt = null,
    revokedAt = null,
    revocationReason = null,
  } = options;
  const { ownerId, policy, note = '', metadata = null, notBefore = null } = options;
  const nowMs = rules.clock();
  // Not in the future: lifetimes are measured from it.
  const created = createdAt === undefined ? new Date(nowMs) : checkPast(createdAt, 'createdAt', nowMs);
  return storedApiToken({
    id: newTokenId(created.getTime()),
    ownerId: checkOwnerId(ownerId),
    policy: checkPolicy(policy, rules),
    note: checkText(note, 'note'),
    metadata: checkMetadata(metadata),
    createdAt: created,
    notBefore: dateOrNull(notBefore, 'notBefore'),
    expiresAt: dateOrNull(expiresAt, 'expiresAt'),
    revokedAt: dateOrNull(revokedAt, 'revokedAt'),
    revocationReason: revocationReason === null ? null : checkText(revocationReason, 'reason'),
    lastUsedAt: dateOrNull(lastUsedAt, 'lastUsedAt'),
  });
}

function checkNotBefore(notBefore: Date | null, expiresAt: Date | null): Date | null {
  if (notBefore === null) return null;
  const date = checkDate(notBefore, 'notBefore', 'INVALID_NOT_BEFORE');
  if (expiresAt === null || date < expiresAt) return date;
  throw new ApiTokenError('INVALID_NOT_BEFORE', 'notBefore', 'notBefore must be before the token expires.');
}

function dateOrNull(date: Date | null, field: string): Date | null {
  return date === null ? null : checkDate(date, field);
}

/** A new token's ID: a UUID of version 7 (RFC 9562 §5.7), so that IDs sort by the time of issue. */
function newTokenId(nowMs: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Math.max(0, nowMs), 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
