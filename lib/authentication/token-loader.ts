import { andThen, isPromise, type MaybePromise } from '../utils/maybe-promise.js';
import type { ApiTokenRecord } from '../tokens/api-token-record.js';
import type { ApiTokenFormat } from '../secrets/api-token-format.js';
import type { ApiTokenEvents } from '../events/api-token-events.js';
import type { SecretFormats } from '../secrets/secret-formats.js';
import type { ApiTokenRepository } from '../tokens/api-token-repository.js';
import type { ApiTokenOwnerProvider } from './api-token-owner-provider.js';
import type { DigestMigration } from './digest-migration.js';
import type { ApiTokenReader } from './api-token-reader.js';
import { type AuthenticatedEntry, authenticatedEntry } from './authenticated-entry.js';
import { PendingCalls } from '../resilience/pending-calls.js';
import { readOwner } from './read-owner.js';
import { readRecord } from './read-record.js';
import { isCandidate, type SecretDigester } from '../secrets/secret-digester.js';
import { UnavailableError } from '../resilience/unavailable.error.js';

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

  /** @param deadlineMs - `timeouts.lookupMs`. */
  constructor(
    private readonly repository: ApiTokenRepository,
    private readonly ownerProvider: ApiTokenOwnerProvider | null,
    private readonly formats: SecretFormats,
    private readonly digester: SecretDigester,
    private readonly reader: ApiTokenReader,
    private readonly migration: DigestMigration,
    private readonly events: ApiTokenEvents,
    private readonly deadlineMs: number,
  ) {}

  /**
   * The token that has the secret, or null.
   *
   * @throws {UnavailableError} Also by rejecting the promise, as the others.
   * @throws {ForeignRecordError} Not null, which would be kept.
   */
  load(secret: string, fingerprint: string, format: ApiTokenFormat): MaybePromise<AuthenticatedEntry | null> {
    const digests = this.digester.candidates(secret, fingerprint);
    const record = this.#ask('repository', () => this.repository.findByDigest(digests), readRecord);
    return andThen(record, (found) => (found === null ? null : this.#entry(found, digests, format)));
  }

  #entry(
    record: ApiTokenRecord,
    digests: readonly string[],
    format: ApiTokenFormat,
  ): MaybePromise<AuthenticatedEntry> {
    if (!isCandidate(record.digest, digests)) {
      const error = new ForeignRecordError('The repository answered with another digest');
      this.events.emitFault('repository', error);
      throw error;
    }
    const [digest] = digests;
    if (digest !== undefined && digest !== record.digest) this.migration.add(record.digest, digest);
    const token = this.reader.read(record);
    const { ownerProvider } = this;
    const isDeprecated = this.formats.isDeprecated(format);
    if (ownerProvider === null) return authenticatedEntry(record, { token, isDeprecated, owner: undefined });
    return this.#ask(
      'owner-provider',
      () => ownerProvider.load(record.ownerId),
      (answer) => authenticatedEntry(record, { token, isDeprecated, owner: readOwner(answer) }),
    );
  }

  #ask<T, R>(
    component: 'repository' | 'owner-provider',
    ask: () => MaybePromise<T>,
    read: (answer: T) => R,
  ): MaybePromise<R> {
    const failed = (error: unknown): never => {
      this.events.emitFault(component, error);
      throw new UnavailableError(`The ${component} failed`);
    };
    try {
      const answer = this.#pending[component].ask(ask, this.deadlineMs);
      return isPromise(answer) ? answer.then(read).catch(failed) : read(answer);
    } catch (error) {
      return failed(error);
    }
  }
}
