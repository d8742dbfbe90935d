import { ApiTokenError } from '../tokens/api-token.error.js';
import { checkDate, isStorableTime } from './check-arguments.js';

/** How long tokens may live from their issue, in milliseconds. */
export interface ApiTokenLifetimes {
  /**
   * For tokens that are issued without an expiry, in milliseconds.
   *
   * @default maximumMs, or for ever where there is none
   */
  readonly defaultMs?: number;
  /**
   * The shortest, in milliseconds.
   *
   * @default none
   */
  readonly minimumMs?: number;
  /**
   * The longest, in milliseconds. With one, no token lives for ever.
   *
   * @default none
   */
  readonly maximumMs?: number;
}

/** When a token expires, as it is asked for: at a time, after a time, or (null) never. */
export interface RequestedExpiry {
  readonly expiresAt?: Date | null;
  /** In milliseconds from now. */
  readonly lifetimeMs?: number;
}

/** The times a lifetime is measured by, in milliseconds since 1970. */
export interface LifetimeStart {
  readonly nowMs: number;
  readonly issuedAtMs: number;
}

/**
 * When a new token expires: as asked for, or else as the rules have it.
 *
 * @throws {ApiTokenError} `INVALID_EXPIRY` for a time that is past, or shorter or longer than tokens may live.
 */
export function expiryOf(
  { expiresAt, lifetimeMs }: RequestedExpiry,
  lifetimes: ApiTokenLifetimes,
  nowMs: number,
): Date | null {
  if (expiresAt !== undefined && lifetimeMs !== undefined) {
    throw invalid('lifetimeMs', 'Write expiresAt or lifetimeMs, not both.');
  }
  const start = { nowMs, issuedAtMs: nowMs };
  if (expiresAt !== undefined) return checkExpiry(expiresAt, lifetimes, start);
  const wanted = lifetimeMs === undefined ? (lifetimes.defaultMs ?? lifetimes.maximumMs) : lifetimeMs;
  if (wanted === undefined) return null;
  if (!Number.isSafeInteger(wanted) || wanted <= 0) {
    throw invalid('lifetimeMs', 'lifetimeMs must be a whole number of milliseconds over 0.');
  }
  if (!isStorableTime(nowMs + wanted))
    throw invalid('lifetimeMs', 'lifetimeMs must end before the year 10000.');
  return checkExpiry(new Date(nowMs + wanted), lifetimes, start, 'lifetimeMs');
}

/**
 * An expiry, checked against how long tokens may live.
 *
 * @throws {ApiTokenError} `INVALID_EXPIRY`.
 */
export function checkExpiry(
  expiresAt: Date | null,
  { minimumMs = 0, maximumMs = Infinity }: ApiTokenLifetimes,
  { nowMs, issuedAtMs }: LifetimeStart,
  field = 'expiresAt',
): Date | null {
  if (expiresAt === null) {
    if (maximumMs === Infinity) return null;
    throw invalid(field, `Tokens live ${maximumMs} ms at most: name an expiry.`);
  }
  const date = checkDate(expiresAt, field, 'INVALID_EXPIRY');
  if (date.getTime() <= nowMs) throw invalid(field, `${field} must be in the future.`);
  if (date.getTime() - issuedAtMs > maximumMs) throw invalid(field, `Tokens live ${maximumMs} ms at most.`);
  if (date.getTime() - issuedAtMs < minimumMs) throw invalid(field, `Tokens live ${minimumMs} ms at least.`);
  return date;
}

function invalid(field: string, message: string): ApiTokenError {
  return new ApiTokenError('INVALID_EXPIRY', field, message);
}
