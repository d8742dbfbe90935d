import { isDate } from 'node:util/types';
import type { ApiTokenRecord } from '../repositories/api-token-record.js';
import type { AuthenticationFailure } from '../events/api-token-event.js';
import type { ApiToken } from './api-token.js';
import type { PendingUse, UsedToken } from './last-use-recorder.js';
import { documentBytes, policyBytes, textBytes } from './memory-estimate.js';

/** The answer to a secret: its token, with the owner where the application loads owners, or why there is none. */
export type Authentication =
  | {
      readonly ok: true;
      readonly token: ApiToken;
      /** What the owner provider loaded; undefined where there is none. */
      readonly owner: unknown;
      /** Whether the secret is of a format that should go. */
      readonly isDeprecated: boolean;
    }
  | { readonly ok: false; readonly reason: AuthenticationFailure };

/** A token that was looked up, with what has to be checked on each use reduced to comparisons. */
export interface AuthenticatedEntry extends UsedToken {
  readonly tokenId: string;
  /** How much memory it takes, in bytes, without the owner: an estimate that is rather too high than too low. */
  readonly bytes: number;
  readonly success: Extract<Authentication, { ok: true }>;
  readonly ended: 'invalidated' | 'paused' | 'owner-inactive' | null;
  /** Milliseconds since 1970; NaN where the stored date is unreadable, which no time satisfies. */
  readonly validFrom: number;
  readonly validUntil: number;
  /** When this secret of the token ends, because it has been rotated. */
  readonly secretValidUntil: number;
  use: PendingUse | null;
}

/** What a token takes beside its policy and its texts, with its place in the cache: 1.6 KB as measured, and some. */
const TOKEN_BYTES = 2_048;

/** Prepares a looked-up token. */
export function authenticatedEntry(
  record: ApiTokenRecord,
  success: Omit<AuthenticatedEntry['success'], 'ok'>,
): AuthenticatedEntry {
  return {
    tokenId: record.id,
    bytes: bytesOf(record, success.token),
    success: Object.freeze({ ok: true, ...success }),
    ended: endOf(record, success.owner),
    validFrom: milliseconds(record.notBefore, -Infinity),
    validUntil: milliseconds(record.expiresAt, Infinity),
    secretValidUntil: milliseconds(record.secretExpiresAt, Infinity),
    use: null,
  };
}

/** Why a token can't be used at this time, or null where it can. */
export function failureAt(entry: AuthenticatedEntry, nowMs: number): AuthenticationFailure | null {
  if (entry.ended !== null) return entry.ended;
  // Written so that NaN, an unreadable date or clock, refuses.
  if (!(nowMs >= entry.validFrom)) return 'not-yet-valid';
  if (!(nowMs < entry.validUntil)) return 'expired';
  if (!(nowMs < entry.secretValidUntil)) return 'rotated';
  return null;
}

function endOf(record: ApiTokenRecord, owner: unknown): AuthenticatedEntry['ended'] {
  if (record.invalidatedAt !== null) return 'invalidated';
  if ((record.pausedAt ?? null) !== null) return 'paused';
  return owner === null ? 'owner-inactive' : null;
}

function bytesOf(record: ApiTokenRecord, token: ApiToken): number {
  const { id, ownerId, kind, note, invalidationReason, policy } = token;
  const texts = [id, ownerId, kind, note, invalidationReason].map(textBytes);
  const documents =
    documentBytes(record.metadata) + (policy === null ? 0 : policyBytes(policy, record.policy));
  return texts.reduce((sum, bytes) => sum + bytes, TOKEN_BYTES + documents);
}

function milliseconds(date: unknown, never: number): number {
  if (date === null || date === undefined) return never;
  return isDate(date) ? date.getTime() : Number.NaN;
}
