import { andThen, isPromise, type MaybePromise } from '../maybe-promise.js';
import type { ApiTokenRecord } from '../repositories/api-token-record.js';
import { toApiToken } from './api-token.js';
import type { ApiTokenFormat } from './api-token-format.js';
import type { ApiTokenEnvironment } from './api-token-environment.js';
import { type AuthenticatedEntry, authenticatedEntry } from './authenticated-entry.js';
import { PendingCalls } from './pending-calls.js';
import { readOwner } from './read-owner.js';
import { readRecord } from './read-record.js';
import { isCandidate } from './secret-digester.js';
import { UnavailableError } from './unavailable.error.js';

/** The repository answered with a token that was not asked for: nothing is known of the one that was. */
export class ForeignRecordError extends Error {
  override readonly name = 'ForeignRecord';
}

/**
 * The most look-ups that wait for the repository, and for the owner provider, those past the deadline among them. More are
 * answered with 503 at once: a database that hangs would otherwise be sent every request of that time, and fill the memory.
 */
const MAX_PENDING = 500;

/** Reads tokens from the application's repository, their policies and their owners. */
export class TokenLoader {
  readonly #pending = {
    repository: new PendingCalls(MAX_PENDING),
    'owner-provider': new PendingCalls(MAX_PENDING),
  };

  constructor(private readonly environment: ApiTokenEnvironment) {}

  /**
   * The token that has the secret, or null.
   *
   * @throws {UnavailableError} Also as a rejection, as the others.
   * @throws {ForeignRecordError} Not null, which would be kept.
   */
  load(secret: string, fingerprint: string, format: ApiTokenFormat): MaybePromise<AuthenticatedEntry | null> {
    const digests = this.environment.digester.candidates(secret, fingerprint);
    const record = this.#ask(
      'repository',
      () => this.environment.repository.findByDigest(digests),
      readRecord,
    );
    return andThen(record, (found) => (found === null ? null : this.#entry(found, digests, format)));
  }

  #entry(
    record: ApiTokenRecord,
    digests: readonly string[],
    format: ApiTokenFormat,
  ): MaybePromise<AuthenticatedEntry> {
    if (!isCandidate(record.digest, digests)) {
      const error = new ForeignRecordError('The repository answered with another digest');
      this.environment.events.raiseFault('repository', error);
      throw error;
    }
    const [digest] = digests;
    if (digest !== undefined && digest !== record.digest)
      this.environment.redigests.add(record.digest, digest);
    const { id: tokenId, ownerId } = record;
    const token = toApiToken(record, this.environment.policies.read(record.policy, { tokenId, ownerId }));
    const { deprecatedFormats, owners } = this.environment;
    const isDeprecated = deprecatedFormats.has(format.id);
    if (owners === null) return authenticatedEntry(record, { token, isDeprecated, owner: undefined });
    return this.#ask(
      'owner-provider',
      () => owners.load(ownerId),
      (answer) => authenticatedEntry(record, { token, isDeprecated, owner: readOwner(answer) }),
    );
  }

  #ask<T, R>(
    component: 'repository' | 'owner-provider',
    ask: () => MaybePromise<T>,
    read: (answer: T) => R,
  ): MaybePromise<R> {
    const failed = (error: unknown): never => {
      this.environment.events.raiseFault(component, error);
      throw new UnavailableError(`The ${component} failed`);
    };
    try {
      const answer = this.#pending[component].ask(ask, this.environment.rules.deadlineMs);
      return isPromise(answer) ? answer.then(read).catch(failed) : read(answer);
    } catch (error) {
      return failed(error);
    }
  }
}
