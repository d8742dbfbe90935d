import type { StoredApiToken } from '../repositories/api-token-record.js';
import type { ApiTokenEnvironment } from './api-token-environment.js';
import { ApiTokenError } from './api-token.error.js';
import type { ApiTokenFormat } from './api-token-format.js';
import { isWellFormed } from './checked-format.js';
import type { ImportApiTokenOptions } from './issue-options.js';
import { withoutDigest } from './without-digest.js';

const MAX_COLLISIONS = 5;
const DIGEST = /^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9_-]{43}$/;

/** Keeps a new token. Answers with its secret. */
export function insertNew(token: StoredApiToken, environment: ApiTokenEnvironment): Promise<string> {
  const limit = environment.rules.maxTokensPerOwner;
  const quota = limit === null ? null : { limit, at: token.createdAt };
  return withNewSecret(environment, async (digest) => {
    const answer = await environment.store.write((store) => store.insert(token, digest, quota));
    if (answer !== 'quota-exceeded') return answer;
    throw new ApiTokenError(
      'QUOTA_EXCEEDED',
      'ownerId',
      `The owner has ${limit} tokens already: end one of them first.`,
    );
  });
}

/** Gives a token a new secret. Answers with it. */
export function rotateSecret(id: string, retireAt: Date, environment: ApiTokenEnvironment): Promise<string> {
  return withNewSecret(environment, async (digest) => {
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
  const answer = await handed(digest, () =>
    store.write(
      (kept) => kept.insert(token, digest, null),
      () => cache.admit(digester.fingerprintOf(digest)),
    ),
  );
  if (answer === 'inserted') return;
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
  { digester, issued }: ApiTokenEnvironment,
  keep: (digest: string) => Promise<'inserted' | 'rotated' | 'digest-taken'>,
): Promise<string> {
  for (let attempt = 0; attempt < MAX_COLLISIONS; attempt += 1) {
    const secret = issued.generate();
    const digest = digester.digest(digester.fingerprint(secret));
    const answer = await handed(digest, () => keep(digest));
    if (answer === 'inserted' || answer === 'rotated') return secret;
    if (answer !== 'digest-taken') throw unusableAnswer(answer);
  }
  throw new Error(
    `The store said ${MAX_COLLISIONS} times that a new secret of 256 random bits is taken already.`,
  );
}

/** Hands a digest to the store, which must not hand it back in an error. */
async function handed<T>(digest: string, keep: () => Promise<T>): Promise<T> {
  try {
    return await keep();
  } catch (error) {
    throw withoutDigest(error, digest);
  }
}
