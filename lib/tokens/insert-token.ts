import type { StoredApiToken } from '../repositories/api-token-record.js';
import type { ApiTokenQuota } from '../repositories/api-token-store.js';
import type { ApiTokenEnvironment } from './api-token-environment.js';
import { ApiTokenError } from './api-token.error.js';
import type { ApiTokenFormat } from './api-token-format.js';
import { isWellFormed } from './checked-format.js';
import type { ImportApiTokenOptions } from './issue-options.js';
import type { StoreAccess } from './store-access.js';
import { withoutDigest } from './without-digest.js';

const MAX_COLLISIONS = 5;
const DIGEST = /^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9_-]{43}$/;

/** Keeps a new token. Answers with its secret. */
export function insertNew(token: StoredApiToken, environment: ApiTokenEnvironment): Promise<string> {
  const quota = quotaAt(token.createdAt, environment);
  return withNewSecret(token.id, environment, async (digest) => {
    const answer = await environment.store.write((store) => store.insert(token, digest, quota));
    if (answer === 'quota-exceeded') throw quotaExceeded(environment);
    return answer;
  });
}

/** How many tokens an owner may have at a time. Null for any number. */
export function quotaAt(at: Date, { rules }: ApiTokenEnvironment): ApiTokenQuota | null {
  return rules.maxTokensPerOwner === null ? null : { limit: rules.maxTokensPerOwner, at };
}

/** What a call is refused with that would give an owner too many tokens. */
export function quotaExceeded({ rules }: ApiTokenEnvironment): ApiTokenError {
  return new ApiTokenError(
    'QUOTA_EXCEEDED',
    'ownerId',
    `The owner has ${rules.maxTokensPerOwner} tokens already: end one of them first.`,
  );
}

/** Gives a token a new secret. Answers with it. */
export function rotateSecret(id: string, retireAt: Date, environment: ApiTokenEnvironment): Promise<string> {
  return withNewSecret(id, environment, async (digest) => {
    const answer = await environment.store.write(
      (store) => store.rotate(id, digest, retireAt),
      () => environment.cache.forget(id),
    );
    if (answer !== 'not-found') return answer;
    throw new ApiTokenError('TOKEN_NOT_FOUND', 'id', 'There is no token with this ID.');
  });
}

/** Keeps a token that has a secret already. */
export async function insertImported(
  token: StoredApiToken,
  options: ImportApiTokenOptions,
  { cache, digester, formats, store }: ApiTokenEnvironment,
): Promise<void> {
  if ('secret' in options && !isAccepted(options.secret, formats)) {
    throw new ApiTokenError(
      'INVALID_SECRET',
      'secret',
      'The secret is of no accepted format: add it to token.formats.',
    );
  }
  const digest = 'secret' in options ? digester.digest(digester.fingerprint(options.secret)) : options.digest;
  if (!DIGEST.test(digest)) {
    throw new ApiTokenError('INVALID_SECRET', 'digest', 'digest must be <keyId>:<base64url> of 256 bits.');
  }
  const insert = (): Promise<unknown> =>
    store.write(
      (kept) => kept.insert(token, digest, null),
      () => cache.admit(digester.fingerprintOf(digest)),
    );
  const answer = await keepOnce(token.id, digest, store, insert);
  if (answer === 'inserted' || answer === 'kept') return;
  if (answer !== 'digest-taken') throw unusableAnswer(answer);
  throw new ApiTokenError('SECRET_TAKEN', 'secret', 'A token with this secret is here already.');
}

/** Not taken for success: a store of JavaScript may have forgotten to answer. */
function unusableAnswer(answer: unknown): Error {
  // Not the answer itself, which may be the digest.
  return new Error(
    `The store answered insert() or rotate() with ${typeof answer === 'string' ? 'another text' : typeof answer}, so ` +
      'that nothing is known of it. testApiTokenStore() of nestjs-api-token/testing tells what it has to answer.',
  );
}

function isAccepted(secret: unknown, formats: readonly ApiTokenFormat[]): boolean {
  return typeof secret === 'string' && formats.some((format) => isWellFormed(secret, format));
}

async function withNewSecret(
  id: string,
  { digester, issued, store }: ApiTokenEnvironment,
  keep: (digest: string) => Promise<'inserted' | 'rotated' | 'digest-taken'>,
): Promise<string> {
  for (let attempt = 0; attempt < MAX_COLLISIONS; attempt += 1) {
    const secret = issued.generate();
    const digest = digester.digest(digester.fingerprint(secret));
    const answer = await keepOnce(id, digest, store, () => keep(digest));
    if (answer === 'inserted' || answer === 'rotated' || answer === 'kept') return secret;
    if (answer !== 'digest-taken') throw unusableAnswer(answer);
  }
  throw new Error(
    `The store said ${MAX_COLLISIONS} times that a new secret of 256 random bits is taken already.`,
  );
}

/**
 * Lets the store keep a digest for a token.
 *
 * @returns The store's answer; `'kept'` where that was a failure, and the digest is there all the same with this token: the
 * answer to a commit can be lost, and whoever tries again then finds the digest taken.
 * @throws What the store throws, without the digest.
 */
async function keepOnce<T>(
  id: string,
  digest: string,
  store: StoreAccess,
  keep: () => Promise<T>,
): Promise<T | 'kept'> {
  try {
    const answer = await keep();
    return answer === 'digest-taken' && (await isKept(id, digest, store)) ? 'kept' : answer;
  } catch (error) {
    const isOpen = !(error instanceof ApiTokenError) || error.code === 'OUTCOME_UNKNOWN';
    if (isOpen && (await isKept(id, digest, store))) return 'kept';
    throw withoutDigest(error, digest);
  }
}

async function isKept(id: string, digest: string, store: StoreAccess): Promise<boolean> {
  try {
    const record = await store.read(async (asked) => asked.findByDigest([digest]));
    return record?.id === id && record.digest === digest;
  } catch {
    // What failed before is what has to be told.
    return false;
  }
}
