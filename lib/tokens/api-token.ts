import type { TokenPolicy } from '../policy/index.js';
import type { ApiTokenRecord, StoredApiToken } from '../repositories/api-token-record.js';
import { deepFreeze, frozenDate } from './frozen.js';

/**
 * A token as applications see it. Holds neither the secret nor its digest, so it may be logged and sent. One object serves
 * many requests, so it is read-only throughout: setting a date or a part of `metadata` throws.
 */
export interface ApiToken {
  readonly id: string;
  readonly ownerId: string;
  readonly kind: string;
  /** What the token may do. Null where the stored document can't be relied on: the token may do nothing then. */
  readonly policy: TokenPolicy | null;
  readonly note: string;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly createdAt: Date | null;
  readonly notBefore: Date | null;
  readonly expiresAt: Date | null;
  readonly pausedAt: Date | null;
  readonly invalidatedAt: Date | null;
  readonly invalidationReason: string | null;
  /** When the token was used last, as it is stored: up to `lastUsed.flushMs` old. */
  readonly lastUsedAt: Date | null;
}

/** What applications may see of a stored token. Names its fields, so that a digest can't come along. */
export function toApiToken(record: ApiTokenRecord | StoredApiToken, policy: TokenPolicy | null): ApiToken {
  return Object.freeze({
    id: record.id,
    ownerId: record.ownerId,
    kind: record.kind ?? 'default',
    policy,
    note: record.note ?? '',
    metadata: readMetadata(record.metadata),
    createdAt: frozenDate(record.createdAt),
    notBefore: frozenDate(record.notBefore),
    expiresAt: frozenDate(record.expiresAt),
    pausedAt: frozenDate(record.pausedAt),
    invalidatedAt: frozenDate(record.invalidatedAt),
    invalidationReason: record.invalidationReason ?? null,
    lastUsedAt: frozenDate(record.lastUsedAt),
  });
}

/** Null where the text is damaged: metadata decides nothing, so that it must not keep a token from working. */
function readMetadata(text: string | null | undefined): Readonly<Record<string, unknown>> | null {
  if (typeof text !== 'string') return null;
  try {
    // Without what would become the prototype of a copy.
    const metadata: unknown = JSON.parse(text, (key, value: unknown) =>
      key === '__proto__' ? undefined : value,
    );
    return typeof metadata === 'object' ? deepFreeze(metadata as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
