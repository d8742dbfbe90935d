import type { TokenPolicy } from '../policy/index.js';
import type { ApiTokenRecord, StoredApiToken } from '../repositories/api-token-record.js';

/**
 * A token as applications see it. Holds neither the secret nor its digest, so it may be logged and sent.
 */
export interface ApiToken {
  readonly id: string;
  readonly ownerId: string;
  readonly kind: string;
  /** What the token may do. Null where the stored document can't be relied on: the token may do nothing then. */
  readonly policy: TokenPolicy | null;
  readonly note: string;
  readonly createdAt: Date | null;
  readonly notBefore: Date | null;
  readonly expiresAt: Date | null;
  readonly pausedAt: Date | null;
  readonly invalidatedAt: Date | null;
  readonly invalidationReason: string | null;
}

/** What applications may see of a stored token. Names its fields, so that a digest can't come along. */
export function toApiToken(record: ApiTokenRecord | StoredApiToken, policy: TokenPolicy | null): ApiToken {
  return Object.freeze({
    id: record.id,
    ownerId: record.ownerId,
    kind: record.kind ?? 'default',
    policy,
    note: record.note ?? '',
    createdAt: record.createdAt ?? null,
    notBefore: record.notBefore ?? null,
    expiresAt: record.expiresAt,
    pausedAt: record.pausedAt ?? null,
    invalidatedAt: record.invalidatedAt,
    invalidationReason: record.invalidationReason ?? null,
  });
}
