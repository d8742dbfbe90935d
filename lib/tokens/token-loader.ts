import type { FaultyComponent } from '../events/api-token-event.js';
import { describeFault } from '../events/describe-fault.js';
import { andThen, isPromise, type MaybePromise } from '../maybe-promise.js';
import type { ApiTokenRecord } from '../repositories/api-token-record.js';
import { toApiToken } from './api-token.js';
import type { ApiTokenFormat } from './api-token-format.js';
import type { ApiTokenEnvironment } from './api-token-environment.js';
import { type AuthenticatedEntry, authenticatedEntry } from './authenticated-entry.js';
import { withinDeadline } from './deadline.js';
import { readRecord } from './read-record.js';
import { isCandidate } from './secret-digester.js';

/** Something a token depends on failed, so that nothing can be said of the token. The event has been raised. */
export class UnavailableError extends Error {
  override readonly name = 'Unavailable';
}

/** Reads tokens from the application's repository, their policies and their owners. */
export class TokenLoader {
  constructor(private readonly environment: ApiTokenEnvironment) {}

  /**
   * The token that has the secret, or null.
   *
   * @throws {UnavailableError} Also as a rejection.
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
  ): MaybePromise<AuthenticatedEntry | null> {
    if (!isCandidate(record.digest, digests)) {
      const fault = { name: 'ForeignRecord' };
      this.environment.events.raise({ type: 'faulted', component: 'repository', fault });
      return null;
    }
    const [digest] = digests;
    if (digest !== undefined && digest !== record.digest)
      this.environment.redigests.add(record.digest, digest);
    const { id: tokenId, ownerId } = record;
    const token = toApiToken(record, this.environment.policies.read(record.policy, { tokenId, ownerId }));
    const { deprecatedFormats, owners } = this.environment;
    const isDeprecated = deprecatedFormats.has(format.id);
    if (owners === null) return authenticatedEntry(record, { token, isDeprecated, owner: undefined });
    const owner = this.#ask(
      'owner-provider',
      () => owners.load(ownerId),
      (answer) => answer ?? null,
    );
    return andThen(owner, (loaded) => authenticatedEntry(record, { token, isDeprecated, owner: loaded }));
  }

  #ask<T, R>(
    component: FaultyComponent,
    ask: () => MaybePromise<T>,
    read: (answer: T) => R,
  ): MaybePromise<R> {
    const failed = (error: unknown): never => {
      this.environment.events.raise({ type: 'faulted', component, fault: describeFault(error) });
      throw new UnavailableError(`The ${component} failed`);
    };
    try {
      const answer = withinDeadline(ask(), this.environment.rules.deadlineMs);
      return isPromise(answer) ? answer.then(read).catch(failed) : read(answer);
    } catch (error) {
      return failed(error);
    }
  }
}
