import { inspect } from 'node:util';
import { isDate } from 'node:util/types';
import type { TokenPolicy } from '../policy/index.js';
import type { ApiTokenRecord, StoredApiToken } from '../repositories/api-token-record.js';

/**
 * A token as applications see it. Holds neither the secret nor its digest, so it may be logged and sent. Requests share it:
 * it is frozen, with its policy and its metadata, and each reading of a date gives a date of your own.
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
  const { createdAt, notBefore, expiresAt, pausedAt, invalidatedAt, lastUsedAt } = record;
  const token: ApiToken = {
    id: record.id,
    ownerId: record.ownerId,
    kind: record.kind ?? 'default',
    policy,
    note: record.note ?? '',
    metadata: readMetadata(record.metadata),
    get createdAt() {
      return copyOf(createdAt);
    },
    get notBefore() {
      return copyOf(notBefore);
    },
    get expiresAt() {
      return copyOf(expiresAt);
    },
    get pausedAt() {
      return copyOf(pausedAt);
    },
    get invalidatedAt() {
      return copyOf(invalidatedAt);
    },
    invalidationReason: record.invalidationReason ?? null,
    get lastUsedAt() {
      return copyOf(lastUsedAt);
    },
  };
  Object.defineProperty(token, inspect.custom, { value: withDates });
  return Object.freeze(token);
}

/** Freezing a date does not keep its time from being set. */
function copyOf(date: Date | null | undefined): Date | null {
  return isDate(date) ? new Date(date) : (date ?? null);
}

/** For logs, which would show that there is a getter, and not the date. */
function withDates(this: ApiToken): object {
  return { ...this };
}

/** Null where the text is damaged: metadata decides nothing, so that it must not keep a token from working. */
function readMetadata(text: string | null | undefined): Readonly<Record<string, unknown>> | null {
  if (typeof text !== 'string') return null;
  try {
    const metadata: unknown = JSON.parse(text);
    return typeof metadata === 'object' ? (frozen(metadata) as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

function frozen(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
