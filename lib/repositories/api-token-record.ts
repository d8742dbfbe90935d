import type { TokenPolicy } from '../policy/index.js';

/**
 * A token as a repository keeps it, with the digest under which it was found. For the authenticator only: what
 * applications see is an {@link ApiToken}.
 */
export interface ApiTokenRecord {
  readonly id: string;
  readonly ownerId: string;
  /** The digest that was asked for: `<keyId>:<base64url>`. */
  readonly digest: string;
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
  readonly createdAt?: Date | null;
}

/** A token as a store keeps it, without its secrets. */
export type StoredApiToken = Required<Omit<ApiTokenRecord, 'digest'>> & { readonly createdAt: Date };
