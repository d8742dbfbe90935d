import type { TokenPolicy } from '../policy/index.js';
import type { RequestedExpiry } from './check-lifetime.js';

/** The options that every change of a token takes. */
export interface ApiTokenChangeOptions {
  /**
   * Who makes the change, as the application names them: 1 to 255 characters, from the session. The event of the change
   * carries it, and nothing is stored.
   *
   * @default nobody is named
   */
  readonly actor?: string;
}

/** What a new token is given. */
export interface IssueApiTokenOptions extends RequestedExpiry, ApiTokenChangeOptions {
  /** Whose token it is: take it from the session, never from a request's body. */
  readonly ownerId: string;
  /**
   * What the token may do: an object or JSON text. `'full-access'` asks by name for all that `*` means: the seven common
   * methods, on everything. Methods such as PROPFIND have to be named.
   */
  readonly policy: TokenPolicy | string;
  /** What the owner wrote about the token: at most 1,000 characters. Default empty. */
  readonly note?: string;
  /** What the application keeps with the token: at most 4,096 bytes as JSON. Default none. */
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  /** Before when the token is rejected. Default never. */
  readonly notBefore?: Date | null;
}

/** A token that another system issued: by its plaintext or by its digest, with its history. */
export type ImportApiTokenOptions = Omit<IssueApiTokenOptions, 'lifetimeMs'> & {
  readonly createdAt?: Date;
  readonly lastUsedAt?: Date | null;
  readonly revokedAt?: Date | null;
  readonly revocationReason?: string | null;
} & (
    | { /** The plaintext, in a format that is accepted. */ readonly secret: string }
    | { /** `<keyId>:<base64url>`, as this library digests. */ readonly digest: string }
  );

/** What is changed of a token. What is not named stays as it is. */
export interface UpdateApiTokenOptions extends ApiTokenChangeOptions {
  readonly policy?: TokenPolicy | string;
  readonly note?: string;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  /** Null: never. */
  readonly expiresAt?: Date | null;
}

/** How a token is given a new secret. */
export interface RotateApiTokenOptions extends ApiTokenChangeOptions {
  /** How long the old secret lives on, in milliseconds. Default 0: it is rejected at once. */
  readonly graceMs?: number;
}

/** Why tokens are revoked, and by whom. */
export interface RevokeApiTokenOptions extends ApiTokenChangeOptions {
  /**
   * Stored with the token: at most 1,000 characters.
   *
   * @default ''
   */
  readonly reason?: string;
}

/** Which ended tokens are deleted. */
export interface PruneApiTokensOptions extends ApiTokenChangeOptions {
  /** Those that were revoked or expired before this time, which must not be in the future. */
  readonly before: Date;
}

/** Which part of a list to answer with. */
export interface ListApiTokensOptions {
  readonly ownerId: string;
  /** The ID of the last token of the page before. Default: from the first. */
  readonly after?: string | null;
  /** The most tokens to return, 1 to 1,000. Default 100. */
  readonly limit?: number;
}
