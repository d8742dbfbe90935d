import { isDate } from 'node:util/types';
import type { TokenPolicy } from '../policy/index.js';

/** A token as a store keeps it, without its secrets. */
export interface StoredApiToken {
  readonly id: string;
  readonly ownerId: string;
  /** The kind of token: `'default'`. */
  readonly kind: string;
  /**
   * The part of the secret that may be shown, such as `acme_x7Ka`. Null for a token that was imported by its digest.
   */
  readonly hint: string | null;
  /** JSON text, which has to come back as it was written. Null denies everything. */
  readonly policy: string | null;
  /** What the owner wrote about the token. */
  readonly note: string;
  /** What the application keeps with the token: JSON text of an object. */
  readonly metadata: string | null;
  readonly createdAt: Date;
  /** The token is rejected before this time. Null: it is valid at once. */
  readonly notBefore: Date | null;
  /** The token is rejected from this time on. Null: it never expires. */
  readonly expiresAt: Date | null;
  /** When the token was paused. Null: it is not paused. */
  readonly pausedAt: Date | null;
  /** When the token was revoked, for good. Null: it is not revoked. */
  readonly revokedAt: Date | null;
  readonly revocationReason: string | null;
  readonly lastUsedAt: Date | null;
}

/** The fields that every token has to be given. */
type RequiredField = 'id' | 'ownerId' | 'policy' | 'createdAt';

/**
 * A token as a repository finds it, with the digest under which it was found. For the authenticator only: what
 * applications see is an {@link ApiToken}. The fields of {@link StoredApiToken} that are not required here have defaults.
 */
export interface ApiTokenRecord
  extends
    Pick<StoredApiToken, 'id' | 'ownerId' | 'expiresAt' | 'revokedAt'>,
    Partial<Omit<StoredApiToken, RequiredField | 'expiresAt' | 'revokedAt'>> {
  /** The digest that was asked for: `<keyId>:<base64url>`. */
  readonly digest: string;
  /** This secret of the token is rejected from this time on, because it has been rotated. Null: never. */
  readonly secretExpiresAt?: Date | null;
  /** The policy as it is stored: JSON text or the parsed document. Null denies everything; `{}` limits nothing. */
  readonly policy: string | TokenPolicy | null;
  readonly createdAt?: Date | null;
}

/** What a field is where nothing is given. */
export const FIELD_DEFAULTS: Omit<StoredApiToken, RequiredField> = Object.freeze({
  kind: 'default',
  hint: null,
  note: '',
  metadata: null,
  notBefore: null,
  expiresAt: null,
  pausedAt: null,
  revokedAt: null,
  revocationReason: null,
  lastUsedAt: null,
});

/** A token as it is stored, of what is given and the defaults of the rest. */
export function storedApiToken(
  given: Pick<StoredApiToken, RequiredField> & Partial<StoredApiToken>,
): StoredApiToken {
  return { ...FIELD_DEFAULTS, ...given };
}

/**
 * A date of a record, in milliseconds since 1970.
 *
 * @param never - What stands for no date.
 * @returns NaN where the date is unreadable, which no time satisfies.
 */
export function milliseconds(date: unknown, never: number): number {
  if (date === null || date === undefined) return never;
  return isDate(date) ? date.getTime() : Number.NaN;
}
