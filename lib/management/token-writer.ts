import { inspect } from 'node:util';
import type { ApiTokenCacheEviction } from '../authentication/api-token-cache.js';
import { describeFault } from '../events/describe-fault.js';
import type { StoreAccess } from '../resilience/store-access.js';
import { isWellFormed } from '../secrets/checked-format.js';
import type { SecretDigester } from '../secrets/secret-digester.js';
import type { SecretFormats } from '../secrets/secret-formats.js';
import { ApiTokenError } from '../tokens/api-token.error.js';
import type { StoredApiToken } from '../tokens/api-token-record.js';
import type { ImportApiTokenOptions } from './issue-options.js';
import { quotaAt, quotaExceeded, type TokenRules } from './token-rules.js';

const MAX_COLLISIONS = 5;
const DIGEST = /^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9_-]{43}$/;

/** Deeper than loggers print, and not so deep that a whole connection is printed. */
const EVERYTHING = { depth: 10, showHidden: true, maxArrayLength: null, maxStringLength: null } as const;

/** A stored token and its secret. */
export interface WrittenToken {
  readonly stored: StoredApiToken;
  readonly secret: string;
}

/** Writes tokens with their secrets to the store, once each, also where the answer to a commit is lost. */
export class TokenWriter {
  constructor(
    private readonly store: StoreAccess,
    private readonly cache: ApiTokenCacheEviction,
    private readonly formats: SecretFormats,
    private readonly digester: SecretDigester,
    private readonly rules: TokenRules,
  ) {}

  /** Stores a new token with a new secret. */
  insert(token: StoredApiToken): Promise<WrittenToken> {
    const quota = quotaAt(token.createdAt, this.rules);
    return this.#withNewSecret(token, async (stored, digest) => {
      const answer = await this.store.write((store) => store.insert(stored, digest, quota));
      if (answer === 'quota-exceeded') throw quotaExceeded(this.rules);
      return answer;
    });
  }

  /** Gives a token a new secret. */
  rotate(token: StoredApiToken, retireAt: Date): Promise<WrittenToken> {
    return this.#withNewSecret(token, async ({ id, hint }, digest) => {
      const answer = await this.store.write(
        (store) => store.rotate(id, digest, retireAt, hint),
        () => this.cache.forget(id),
      );
      if (answer !== 'not-found') return answer;
      throw new ApiTokenError('TOKEN_NOT_FOUND', 'id', 'There is no token with this ID.');
    });
  }

  /** Stores a token that has a secret already. */
  async import(token: StoredApiToken, options: ImportApiTokenOptions): Promise<StoredApiToken> {
    if ('secret' in options && !this.#isAccepted(options.secret)) {
      throw new ApiTokenError(
        'INVALID_SECRET',
        'secret',
        'The secret is of no accepted format: add it to token.formats.',
      );
    }
    const digest =
      'secret' in options ? this.digester.digest(this.digester.fingerprint(options.secret)) : options.digest;
    if (!DIGEST.test(digest)) {
      throw new ApiTokenError('INVALID_SECRET', 'digest', 'digest must be <keyId>:<base64url> of 256 bits.');
    }
    const stored = { ...token, hint: 'secret' in options ? this.formats.hintOf(options.secret) : null };
    const insert = (): Promise<unknown> =>
      this.store.write(
        (store) => store.insert(stored, digest, null),
        () => this.cache.forgetUnknown(this.digester.fingerprintOf(digest)),
      );
    const answer = await this.#writeOnce(token.id, digest, insert);
    if (answer === 'inserted' || answer === 'stored') return stored;
    if (answer !== 'digest-taken') throw unusableAnswer(answer);
    throw new ApiTokenError('SECRET_TAKEN', 'secret', 'A token with this secret already exists.');
  }

  #isAccepted(secret: unknown): boolean {
    return typeof secret === 'string' && this.formats.accepted.some((format) => isWellFormed(secret, format));
  }

  async #withNewSecret(
    token: StoredApiToken,
    write: (
      stored: StoredApiToken & { readonly hint: string },
      digest: string,
    ) => Promise<'inserted' | 'rotated' | 'digest-taken'>,
  ): Promise<WrittenToken> {
    for (let attempt = 0; attempt < MAX_COLLISIONS; attempt += 1) {
      const secret = this.formats.issued.generate();
      const stored = { ...token, hint: this.formats.hintOf(secret) };
      const digest = this.digester.digest(this.digester.fingerprint(secret));
      const answer = await this.#writeOnce(token.id, digest, () => write(stored, digest));
      if (answer === 'inserted' || answer === 'rotated' || answer === 'stored') return { stored, secret };
      if (answer !== 'digest-taken') throw unusableAnswer(answer);
    }
    throw new Error(
      `The store said ${MAX_COLLISIONS} times that a new secret of 256 random bits is taken already.`,
    );
  }

  /**
   * Lets the store write a digest for a token.
   *
   * @returns The store's answer; `'stored'` where that was a failure, and the digest is there all the same with this token:
   * the answer to a commit can be lost, and whoever tries again then finds the digest taken.
   * @throws What the store throws, without the digest.
   */
  async #writeOnce<T>(id: string, digest: string, write: () => Promise<T>): Promise<T | 'stored'> {
    try {
      const answer = await write();
      return answer === 'digest-taken' && (await this.#isStored(id, digest)) ? 'stored' : answer;
    } catch (error) {
      const isOpen = !(error instanceof ApiTokenError) || error.code === 'OUTCOME_UNKNOWN';
      if (isOpen && (await this.#isStored(id, digest))) return 'stored';
      throw withoutDigest(error, digest);
    }
  }

  async #isStored(id: string, digest: string): Promise<boolean> {
    try {
      const record = await this.store.read(async (store) => store.findByDigest([digest]));
      return record?.id === id && record.digest === digest;
    } catch {
      // The failure before this one is the one to report.
      return false;
    }
  }
}

/** Not taken for success: a store of JavaScript may have forgotten to answer. */
function unusableAnswer(answer: unknown): Error {
  // Not the answer itself, which may be the digest.
  return new Error(
    `The store answered insert() or rotate() with ${typeof answer === 'string' ? 'another text' : typeof answer}, so ` +
      'that nothing is known of it. testApiTokenStore() of nestjs-api-token/testing shows what it has to answer.',
  );
}

/**
 * What a store has thrown, without the digest that it was given. Drivers put the parameters of a query into the error of
 * its failure, and whoever catches that logs it. An error that does not hold the digest is left as it is.
 */
function withoutDigest(error: unknown, digest: string): unknown {
  const hash = digest.slice(digest.indexOf(':') + 1);
  if (!inspect(error, EVERYTHING).includes(hash)) return error;
  const clean = (text: string): string => text.replaceAll(hash, '<digest>');
  if (!(error instanceof Error)) return new Error(`The store threw ${clean(String(error))}`);
  const redacted = Object.assign(new Error(clean(error.message)), describeFault(error));
  redacted.stack = clean(error.stack ?? '');
  return redacted;
}
