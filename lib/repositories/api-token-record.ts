import type { TokenPolicy } from '../policy/index.js';

/**
 * A token as a repository finds it, with the digest under which it was found. For the authenticator only: what
 * applications see is an {@link ApiToken}.
 */
export interface ApiTokenRecord {
  readonly id: string;
  readonly ownerId: string;
  /** The digest that was asked for: `<keyId>:<base64url>`. */
  readonly digest: string;
  /** From when on this secret of the token is refused, because it has been rotated. Null: never. */
  readonly secretExpiresAt?: Date | null;
  /** The policy as it is stored: JSON text or the parsed document. Null denies everything; `{}` limits nothing. */
  readonly policy: string | TokenPolicy | null;
  /** From when on the token is refused. Null: never. */
  readonly expiresAt: Date | null;
  /** Since when the token is ended for good. Null: it is not. */
  readonly invalidatedAt: Date | null;
  readonly invalidationReason?: string | null;
  /** Since when the token is paused. Null: it is not. */
  readonly pausedAt?: Date | null;
  /** Before when the token is refused. Null: never. */
  readonly notBefore?: Date | null;
  /** The kind of token. Default `'default'`. */
  readonly kind?: string;
  /** What the owner wrote about the token. Default empty. */
  readonly note?: string;
  /** What the application keeps with the token: JSON text of an object. Default none. */
  readonly metadata?: string | null;
  readonly createdAt?: Date | null;
  readonly lastUsedAt?: Date | null;
}

/** A token as a store keeps it, without its secrets. */
export interface StoredApiToken {
  readonly id: string;
  readonly ownerId: string;
  readonly kind: string;
  /** JSON text, which has to come back as it was written. */
  readonly policy: string | null;
  readonly note: string;
  /** JSON text of an object. */
  readonly metadata: string | null;
  readonly createdAt: Date;
  readonly notBefore: Date | null;
  readonly expiresAt: Date | null;
  readonly pausedAt: Date | null;
  readonly invalidatedAt: Date | null;
  readonly invalidationReason: string | null;
  readonly lastUsedAt: Date | null;
}
