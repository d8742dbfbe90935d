import type { StoredApiToken } from '../repositories/api-token-record.js';
import type { ApiTokenEnvironment } from './api-token-environment.js';
import { ApiTokenError } from './api-token.error.js';
import { checkDate, checkMetadata, checkOwnerId, checkPast, checkText } from './check-arguments.js';
import { expiryOf } from './check-lifetime.js';
import { checkPolicy } from './check-policy.js';
import type { ImportApiTokenOptions, IssueApiTokenOptions } from './issue-options.js';
import { newTokenId } from './token-id.js';

/**
 * A new token as it is stored, of checked options.
 *
 * @throws {ApiTokenError} Where an option is wrong.
 * @throws {InvalidTokenPolicyError} Where the policy is.
 */
export function newToken(
  { ownerId, policy, note = '', metadata = null, notBefore = null, ...expiry }: IssueApiTokenOptions,
  environment: ApiTokenEnvironment,
): StoredApiToken {
  const { rules } = environment;
  const nowMs = rules.clock();
  const expiresAt = expiryOf(expiry, rules.lifetimes, nowMs);
  return {
    id: newTokenId(nowMs),
    ownerId: checkOwnerId(ownerId),
    kind: 'default',
    policy: checkPolicy(policy, environment),
    note: checkText(note, 'note'),
    metadata: checkMetadata(metadata),
    createdAt: new Date(nowMs),
    notBefore: checkNotBefore(notBefore, expiresAt),
    expiresAt,
    pausedAt: null,
    invalidatedAt: null,
    invalidationReason: null,
    lastUsedAt: null,
  };
}

/**
 * An imported token as it is stored. It keeps its history, so that its expiry may be past and is held to no rule.
 *
 * @throws {ApiTokenError} Where an option is wrong.
 * @throws {InvalidTokenPolicyError} Where the policy is.
 */
export function importedToken(
  options: ImportApiTokenOptions,
  environment: ApiTokenEnvironment,
): StoredApiToken {
  const {
    createdAt,
    expiresAt = null,
    lastUsedAt = null,
    invalidatedAt = null,
    invalidationReason = null,
  } = options;
  const { ownerId, policy, note = '', metadata = null, notBefore = null } = options;
  const nowMs = environment.rules.clock();
  // Not in the future: lifetimes are measured from it.
  const created = createdAt === undefined ? new Date(nowMs) : checkPast(createdAt, 'createdAt', nowMs);
  return {
    id: newTokenId(created.getTime()),
    ownerId: checkOwnerId(ownerId),
    kind: 'default',
    policy: checkPolicy(policy, environment),
    note: checkText(note, 'note'),
    metadata: checkMetadata(metadata),
    createdAt: created,
    notBefore: dateOrNull(notBefore, 'notBefore'),
    expiresAt: dateOrNull(expiresAt, 'expiresAt'),
    pausedAt: null,
    invalidatedAt: dateOrNull(invalidatedAt, 'invalidatedAt'),
    invalidationReason: invalidationReason === null ? null : checkText(invalidationReason, 'reason'),
    lastUsedAt: dateOrNull(lastUsedAt, 'lastUsedAt'),
  };
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
