import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ApiTokenGenerator, ApiTokenGeneratorOptions } from './api-token-format.js';
import { CHECKSUM_LENGTH, checksumToBase62, endsInChecksum, isBase62From, toBase62 } from './base62.js';

const ENTROPY_BYTES = 32;
const ENTROPY_LENGTH = 43;

/** What a prefix may be, so that a double click selects the whole secret. */
export const PREFIX_PATTERN = /^[a-z][a-z0-9_]{0,13}$/;

/**
 * `<prefix>_`, 256 random bits as 43 digits of base 62, and the CRC32 of all that as 6 more: 51 to 64 characters.
 */
export class DefaultTokenGenerator implements ApiTokenGenerator {
  readonly id = 'default';
  readonly #start: string;
  readonly #length: number;

  constructor({ prefix }: ApiTokenGeneratorOptions) {
    this.#start = `${prefix}_`;
    this.#length = this.#start.length + ENTROPY_LENGTH + CHECKSUM_LENGTH;
  }

  generate(): string {
    // One number of 256 bits, written in base 62: taking each digit modulo 62 would favor some.
    const entropy = BigInt(`0x${randomBytes(ENTROPY_BYTES).toString('hex')}`);
    const body = this.#start + toBase62(entropy, ENTROPY_LENGTH);
    return body + checksumToBase62(crc32(body));
  }

  validate(secret: string): boolean {
    return this.hasShape(secret) && this.hasValidChecksum(secret);
  }

  claims(credential: string): boolean {
    return credential.startsWith(this.#start);
  }

  hasShape(credential: string): boolean {
    return (
      credential.length === this.#length &&
      credential.startsWith(this.#start) &&
      isBase62From(credential, this.#start.length)
    );
  }

  hasValidChecksum(credential: string): boolean {
    return endsInChecksum(credential, crc32(credential.slice(0, -CHECKSUM_LENGTH)));
  }
}
