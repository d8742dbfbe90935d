import { isDate } from 'node:util/types';
import type { TokenPolicy } from '../policy/index.js';
import { deepFreeze, frozenDate } from '../utils/frozen.js';
import {
  type ApiTokenRecord,
  FIELD_DEFAULTS,
  milliseconds,
  type StoredApiToken,
} from './api-token-record.js';

/** What a token is good for at a time. Only an active one is accepted. */
export type ApiTokenStatus = 'revoked' | 'paused' | 'not-yet-valid' | 'expired' | 'active';

/**
 * A token as applications see it. Holds neither the secret nor its digest, so it may be logged and sent. One object serves
 * many requests, so it is read-only throughout: setting a date or a part of `metadata` throws.
 */
export interface ApiToken extends Omit<StoredApiToken, 'policy' | 'metadata' | 'createdAt'> {
  /** What the token may do. Null where the stored document is damaged: the token may do nothing then. */
  readonly policy: TokenPolicy | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly createdAt: Date | null;
  /** When the token was used last, as it is stored: up to `lastUsed.flushMs` old. */
  readonly lastUsedAt: Date | null;
  /** The first of these that holds when it is asked for, in the order of {@link ApiTokenStatus}. */
  readonly status: ApiTokenStatus;
}

/**
 * What applications may see of a stored token. Names its fields, so that a digest can't come along.
 *
 * @param clock - The current time, in milliseconds since 1970.
 */
export function toApiToken(
  record: ApiTokenRecord | StoredApiToken,
  policy: TokenPolicy | null,
  clock: () => number,
): ApiToken {
  const { id, ownerId } = record;
  const token = { ...FIELD_DEFAULTS, id, ownerId, policy, createdAt: frozenDate(record.createdAt) };
  for (const field of Object.keys(FIELD_DEFAULTS) as (keyof typeof FIELD_DEFAULTS)[]) {
    const value: unknown = record[field] ?? FIELD_DEFAULTS[field];
    Object.assign(token, { [field]: isDate(value) ? frozenDate(value) : value });
  }
  return Object.freeze({
    ...token,
    metadata: readMetadata(record.metadata),
    get status() {
      return statusAt(token, clock());
    },
  });
}

/** The status of a token at a time in milliseconds since 1970. An unreadable date rejects, as it does in the guard. */
function statusAt(
  token: Pick<StoredApiToken, 'revokedAt' | 'pausedAt' | 'notBefore' | 'expiresAt'>,
  nowMs: number,
): ApiTokenStatus {
  const { revokedAt, pausedAt, notBefore, expiresAt } = token;
  if (revokedAt !== null) return 'revoked';
  if (pausedAt !== null) return 'paused';
  if (!(nowMs >= milliseconds(notBefore, -Infinity))) return 'not-yet-valid';
  return nowMs < milliseconds(expiresAt, Infinity) ? 'active' : 'expired';
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
