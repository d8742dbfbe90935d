/** The longest secret of any format, in characters: what is longer is rejected before it is digested. */
export const MAX_SECRET_LENGTH = 1_024;

/** One way to write a secret, as it is recognized. No secret is longer than 1,024 characters. */
export interface ApiTokenFormat {
  /** Names the format in `token.formats.deprecated`. */
  readonly id: string;
  /** Whether a credential was meant to be of this format, well-formed or not. */
  claims(credential: string): boolean;
  /**
   * Whether a credential has the length, the prefix and the characters of this format. Asked of credentials that are not
   * kept, strangers' among them: must be quick.
   */
  hasShape(credential: string): boolean;
  /** Whether the checksum of a credential of this shape is right. Finds typing errors without a look-up; proves nothing. */
  hasValidChecksum(credential: string): boolean;
}

/** One way to write a secret, as it is made. */
export interface ApiTokenGenerator extends ApiTokenFormat {
  /** A new secret. */
  generate(): string;
  /** Whether a secret could be one of this generator's: its shape and its checksum. */
  validate(secret: string): boolean;
}

/** How a generator is made. */
export interface ApiTokenGeneratorOptions {
  /** The word that secrets start with, followed by `_`. */
  readonly prefix: string;
}
