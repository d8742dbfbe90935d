/** One way to write a secret. */
export interface ApiTokenFormat {
  /** Names the format in options and in stores. */
  readonly id: string;
  /** Whether a credential was meant to be of this format, well-formed or not. */
  claims(credential: string): boolean;
  /** Whether a credential has the length, the prefix and the characters of this format. Costs no hashing. */
  hasShape(credential: string): boolean;
  /** Whether a credential's checksum is right: a typing error is found without a look-up. Proves nothing else. */
  hasValidChecksum(credential: string): boolean;
}
