import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** Keys that secrets are digested with, by key ID, so that a stolen database alone does not tell which secret is whose. */
export interface ApiTokenPeppers {
  /** The ID of the key that new digests are made with. */
  readonly current: string;
  /** Every key that stored digests may have been made with: text or bytes, at least 16 bytes each. */
  readonly keys: Readonly<Record<string, string | Uint8Array>>;
}

/** The key ID of digests that were made without a pepper. */
const UNKEYED = 'sha256';

/** Of digests in this process. One character a byte: 90 ns less to make and to look up than base64url. */
const ENCODING = 'binary';

/**
 * Makes the digests that are stored instead of secrets: `<keyId>:<base64url>` of SHA-256, or of HMAC-SHA-256 under a
 * pepper. A slow hash would protect nothing: a secret has 256 random bits.
 */
export class SecretDigester {
  readonly #current: readonly [id: string, key: string | Uint8Array] | null;
  readonly #others: readonly (readonly [id: string, key: string | Uint8Array])[];

  constructor(peppers?: ApiTokenPeppers) {
    const keys = Object.entries(peppers?.keys ?? {});
    this.#current = keys.find(([id]) => id === peppers?.current) ?? null;
    this.#others = keys.filter(([id]) => id !== peppers?.current);
  }

  /** What tells secrets apart in this process: the digest under the current key, without its key ID. */
  fingerprint(secret: string): string {
    return this.#current === null ? sha256(secret) : hmac(this.#current[1], secret);
  }

  /** The digest that a secret of this fingerprint is stored under. */
  digest(fingerprint: string): string {
    return digestOf(this.#current === null ? UNKEYED : this.#current[0], fingerprint);
  }

  /** The fingerprint of the secret that is stored under a digest. */
  fingerprintOf(digest: string): string {
    return Buffer.from(digest.slice(digest.indexOf(':') + 1), 'base64url').toString(ENCODING);
  }

  /** The digests a secret may be stored under, the current one first. */
  candidates(secret: string, fingerprint: string): readonly string[] {
    const digest = this.digest(fingerprint);
    if (this.#current === null) return [digest];
    return [
      digest,
      ...this.#others.map(([id, key]) => digestOf(id, hmac(key, secret))),
      digestOf(UNKEYED, sha256(secret)),
    ];
  }
}

function digestOf(keyId: string, fingerprint: string): string {
  return `${keyId}:${Buffer.from(fingerprint, ENCODING).toString('base64url')}`;
}

function sha256(secret: string): string {
  return hash('sha256', secret, ENCODING);
}

function hmac(key: string | Uint8Array, secret: string): string {
  return createHmac('sha256', key).update(secret).digest(ENCODING);
}

/** Whether a digest is one of those that were asked for, in constant time. */
export function isCandidate(digest: string, candidates: readonly string[]): boolean {
  const given = Buffer.from(digest);
  let found = false;
  for (const candidate of candidates) {
    const wanted = Buffer.from(candidate);
    // timingSafeEqual throws on unequal lengths; the length of a digest is no secret.
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) found = true;
  }
  return found;
}
