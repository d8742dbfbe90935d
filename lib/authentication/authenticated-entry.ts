import type { TokenPolicy } from '../policy/index.js';
import { type ApiTokenRecord, milliseconds } from '../tokens/api-token-record.js';
import type { ApiTokenFailure } from '../events/api-token-event.js';
import type { ApiToken } from '../tokens/api-token.js';
import type { PendingUse } from './last-use-recorder.js';

/** The answer to a secret: its token, with the owner where the application loads owners, or why there is none. */
export type ApiTokenAuthentication =
  | {
      readonly ok: true;
      readonly token: ApiToken;
      /** What the owner provider loaded; undefined where there is none. */
      readonly owner: unknown;
      /** Whether the secret is of a format that should go. */
      readonly isDeprecated: boolean;
    }
  | { readonly ok: false; readonly reason: ApiTokenFailure };

/** A token that was looked up, with what has to be checked on each use reduced to comparisons. */
export interface AuthenticatedEntry {
  readonly tokenId: string;
  readonly success: Extract<ApiTokenAuthentication, { ok: true }>;
  readonly ended: 'revoked' | 'paused' | 'owner-inactive' | null;
  /** Milliseconds since 1970; NaN where the stored date is unreadable, which no time satisfies. */
  readonly validFrom: number;
  readonly validUntil: number;
  /** When this secret of the token ends, because it has been rotated. */
  readonly secretValidUntil: number;
  /** About how many bytes of memory it holds. */
  readonly bytes: number;
  /** Kept by the {@link LastUseRecorder}. */
  use: PendingUse | null;
}

/** Prepares a looked-up token. */
export function authenticatedEntry(
  record: ApiTokenRecord,
  success: Omit<AuthenticatedEntry['success'], 'ok'>,
): AuthenticatedEntry {
  return {
    tokenId: record.id,
    success: Object.freeze({ ok: true, ...success }),
    ended: endOf(record, success.owner),
    validFrom: milliseconds(record.notBefore, -Infinity),
    validUntil: milliseconds(record.expiresAt, Infinity),
    secretValidUntil: milliseconds(record.secretExpiresAt, Infinity),
    bytes: bytesOf(record, success.token.policy),
    use: null,
  };
}

/** Why a token can't be used at this time, or null where it can. */
export function failureAt(entry: AuthenticatedEntry, nowMs: number): ApiTokenFailure | null {
  if (entry.ended !== null) return entry.ended;
  // Written so that NaN, an unreadable date or clock, rejects.
  if (!(nowMs >= entry.validFrom)) return 'not-yet-valid';
  if (!(nowMs < entry.validUntil)) return 'expired';
  if (!(nowMs < entry.secretValidUntil)) return 'rotated';
  return null;
}

/** Of a token with a small policy, its dates and its place in the cache. */
const BASE_BYTES = 2_048;
/** A policy is kept parsed and compiled, each item of it in several maps. */
const BYTES_PER_POLICY_CHARACTER = 12;
const BYTES_PER_CHARACTER = 4;

function bytesOf(record: ApiTokenRecord, policy: TokenPolicy | null): number {
  const policyLength = policy === null ? 0 : (lengthOf(record.policy) ?? JSON.stringify(policy).length);
  const textLength = (lengthOf(record.metadata) ?? 0) + (lengthOf(record.note) ?? 0);
  return BASE_BYTES + policyLength * BYTES_PER_POLICY_CHARACTER + textLength * BYTES_PER_CHARACTER;
}

function lengthOf(text: unknown): number | undefined {
  return typeof text === 'string' ? text.length : undefined;
}

function endOf(record: ApiTokenRecord, owner: unknown): AuthenticatedEntry['ended'] {
  if (record.revokedAt !== null) return 'revoked';
  if ((record.pausedAt ?? null) !== null) return 'paused';
  return owner === null ? 'owner-inactive' : null;
}
