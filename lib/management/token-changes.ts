import type { StoredApiToken } from '../tokens/api-token-record.js';
import type { ApiTokenChanges } from '../tokens/api-token-store.js';
import { ApiTokenError } from '../tokens/api-token.error.js';
import { checkMetadata, checkText } from './check-arguments.js';
import { type ApiTokenLifetimes, checkExpiry, type LifetimeStart } from './check-lifetime.js';
import { checkPolicy } from './check-policy.js';
import type { UpdateApiTokenOptions } from './issue-options.js';
import type { TokenRules } from './token-rules.js';

/**
 * The columns that an update changes, checked. A lifetime is measured from the token's issue, so that it can't be
 * stretched for ever.
 *
 * @throws {ApiTokenError} Where an option is wrong, or there is none.
 * @throws {InvalidTokenPolicyError} Where the policy is.
 */
export function tokenChanges(
  { note, policy, metadata, expiresAt }: UpdateApiTokenOptions,
  token: StoredApiToken,
  rules: TokenRules,
): ApiTokenChanges {
  const start = { nowMs: rules.clock(), issuedAtMs: token.createdAt.getTime() };
  const changes: ApiTokenChanges = {
    ...(note !== undefined && { note: checkText(note, 'note') }),
    ...(policy !== undefined && { policy: checkPolicy(policy, rules) }),
    ...(metadata !== undefined && { metadata: checkMetadata(metadata) }),
    ...(expiresAt !== undefined && { expiresAt: newExpiry(expiresAt, token, rules.lifetimes, start) }),
  };
  if (Object.keys(changes).length > 0) return changes;
  throw new ApiTokenError(
    'NOTHING_TO_CHANGE',
    'options',
    'Name a note, policy, metadata or expiresAt to change.',
  );
}

function newExpiry(
  wanted: Date | null,
  { notBefore }: StoredApiToken,
  lifetimes: ApiTokenLifetimes,
  start: LifetimeStart,
): Date | null {
  const expiresAt = checkExpiry(wanted, lifetimes, start);
  if (expiresAt === null || notBefore === null || notBefore < expiresAt) return expiresAt;
  throw new ApiTokenError('INVALID_EXPIRY', 'expiresAt', 'expiresAt must be after notBefore.');
}
