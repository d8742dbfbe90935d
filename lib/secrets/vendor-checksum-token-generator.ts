import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ApiTokenGenerator, ApiTokenGeneratorOptions } from './api-token-format.js';
import { CHECKSUM_LENGTH, checksumToBase62, isBase62From, toBase62 } from './base62.js';

const LENGTH = 255;

/**
 * djblets' `vendor_checksum`: `<prefix>_`, random digits of base 62, and the CRC32 of those digits as 6 more; 255
 * characters in all. Review Board issues its tokens so, with the prefix `rbp`.
 *
 * @example
 * ```ts
 * const reviewBoard = new VendorChecksumTokenGenerator({ prefix: 'rbp' });
 * ApiTokenModule.forRoot({
 *   repository: TypeOrmApiTokenStore,
 *   token: { prefix: 'acme', formats: { accepted: [reviewBoard], deprecated: [reviewBoard.id] } },
 * });
 * ```
 */
export class VendorChecksumTokenGenerator implements ApiTokenGenerator {
  readonly id = 'vendor_checksum';
  readonly #start: string;

  constructor({ prefix }: ApiTokenGeneratorOptions) {
    this.#start = `${prefix}_`;
  }

  generate(): string {
    const length = LENGTH - this.#start.length - CHECKSUM_LENGTH;
    const entropy = Array.from({ length }, () => toBase62(BigInt(randomInt(62)), 1)).join('');
    return this.#start + entropy + checksum(entropy);
  }

  validate(secret: string): boolean {
    return this.hasShape(secret) && this.hasValidChecksum(secret);
  }

  claims(credential: string): boolean {
    return credential.startsWith(this.#start);
  }

  hasShape(credential: string): boolean {
    return (
      credential.length === LENGTH && this.claims(credential) && isBase62From(credential, this.#start.length)
    );
  }

  hasValidChecksum(credential: string): boolean {
    const wanted = checksum(credential.slice(this.#start.length, -CHECKSUM_LENGTH));
    // djblets 3.0 wrote the letters of the checksum in swapped case, and such tokens are about.
    return credential.endsWith(wanted) || credential.endsWith(swappedCase(wanted));
  }
}

function checksum(entropy: string): string {
  return checksumToBase62(crc32(entropy));
}

function swappedCase(text: string): string {
  return text.replace(/[A-Za-z]/g, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));
}
