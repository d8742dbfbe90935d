import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { StoredApiToken } from '../repositories/api-token-record.js';
import type { ApiTokenChanges, ApiTokenPage, ApiTokenSelector } from '../repositories/api-token-store.js';
import { type ApiToken, toApiToken } from './api-token.js';
import { ApiTokenEnvironment } from './api-token-environment.js';
import { ApiTokenError } from './api-token.error.js';
import {
  checkAfter,
  isTokenId,
  checkDate,
  checkGrace,
  checkLimit,
  checkOwnerId,
  checkPast,
  checkSelector,
  checkText,
} from './check-arguments.js';
import { isExpiring, isTokenOf } from './check-answer.js';
import { insertImported, insertNew, quotaAt, quotaExceeded, rotateSecret } from './insert-token.js';
import type {
  ImportApiTokenOptions,
  IssueApiTokenOptions,
  ListApiTokensOptions,
  RotateApiTokenOptions,
  UpdateApiTokenOptions,
} from './issue-options.js';
import { importedToken, newToken } from './new-token.js';
import { tokenChanges } from './token-changes.js';
import { ForeignRecordError } from './token-loader.js';

/** A token with its secret, which is shown to its owner now and never again. */
export interface IssuedApiToken {
  readonly token: ApiToken;
  readonly secret: string;
}

const PAGE = 500;
/** How long the policies of a list are read at a stretch, in milliseconds. */
const TURN_MS = 5;

/**
 * Issues tokens, changes them and ends them. Says nothing of who may: ask that before you call it. What is refused
 * changes nothing; what was answered holds, in this process at once and in others when their caches forget the token,
 * within `cache.lifetimeMs`.
 *
 * Every method throws an {@link ApiTokenError} whose `code` is stable and whose `field` names the argument that was
 * wrong, an {@link InvalidTokenPolicyError} for a policy, and a {@link StoreRequiredError} where the application's
 * repository can't keep tokens. Where the store does not answer within `managementDeadlineMs`, the code is
 * `DEADLINE_EXCEEDED`; where the database's answer to a commit was lost, it is `OUTCOME_UNKNOWN`: whether a change was made
 * is not known then, and it may still be. What it was about has been forgotten in this process all the same, so that
 * nothing hides a change that was made.
 *
 * @example
 * ```ts
 * const { token, secret } = await tokens.issue({
 *   ownerId: user.id,
 *   policy: { resources: { '*': { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] } } },
 *   note: 'continuous integration',
 * });
 * ```
 */
@Injectable()
export class ApiTokenService {
  constructor(private readonly environment: ApiTokenEnvironment) {}

  /**
   * Makes a token. The secret is in the answer and nowhere else. `QUOTA_EXCEEDED` where the owner has too many.
   *
   * After `DEADLINE_EXCEEDED` or `OUTCOME_UNKNOWN` there may be a token that nobody can use, because nobody was told its
   * secret. It counts until it is removed.
   */
  async issue(options: IssueApiTokenOptions): Promise<IssuedApiToken> {
    const stored = newToken(options, this.environment);
    const secret = await insertNew(stored, this.environment);
    return { token: this.#announce('issued', stored), secret };
  }

  /** Takes over a token that another system issued. `SECRET_TAKEN` where it is here already. */
  async import(options: ImportApiTokenOptions): Promise<ApiToken> {
    const stored = importedToken(options, this.environment);
    await insertImported(stored, options, this.environment);
    return this.#announce('imported', stored);
  }

  /** The token with this ID, or null. */
  async find(id: string): Promise<ApiToken | null> {
    const stored = await this.#stored(id);
    return stored && this.#toApiToken(stored);
  }

  /** An owner's tokens in the order of their issue, ended ones among them. */
  async list({ ownerId, after = null, limit = 100 }: ListApiTokensOptions): Promise<readonly ApiToken[]> {
    const owner = checkOwnerId(ownerId);
    const page = { after: checkAfter(after), limit: checkLimit(limit) };
    const stored = await this.environment.store.read((store) => store.list(owner, page));
    for (const token of stored) this.#asAsked(token.ownerId === owner, 'list()');
    return this.#toApiTokens(stored);
  }

  /**
   * Changes what is named and nothing else. `TOKEN_ENDED` for a token that was invalidated, `QUOTA_EXCEEDED` for one that
   * has expired where a later expiry would give its owner too many.
   */
  async update(id: string, options: UpdateApiTokenOptions): Promise<ApiToken> {
    const before = await this.#live(id);
    const changes = tokenChanges(options, before, this.environment);
    const stored = await this.#change(before, changes);
    this.environment.events.raise({ type: 'updated', ...reference(stored), fields: Object.keys(changes) });
    return this.#toApiToken(stored);
  }

  /**
   * Gives a token a new secret: same ID, owner, policy and expiry. The old secret lives on for `graceMs`; when it is used
   * later, `used-after-rotation` is raised.
   *
   * After `DEADLINE_EXCEEDED` or `OUTCOME_UNKNOWN` rotate again: the old secret may have been retired for one that nobody was told.
   */
  async rotate(id: string, { graceMs = 0 }: RotateApiTokenOptions = {}): Promise<IssuedApiToken> {
    const stored = await this.#live(id);
    const retireAt = checkGrace(graceMs, this.environment.rules.clock());
    const secret = await rotateSecret(stored.id, retireAt, this.environment);
    this.environment.events.raise({ type: 'rotated', ...reference(stored), retireAt });
    return { token: this.#toApiToken(stored), secret };
  }

  /** Refuses a token until it is resumed. */
  async pause(id: string): Promise<ApiToken> {
    const before = await this.#live(id);
    const changes = { pausedAt: before.pausedAt ?? new Date(this.environment.rules.clock()) };
    return this.#announce('paused', await this.#change(before, changes));
  }

  /** Accepts a paused token again. */
  async resume(id: string): Promise<ApiToken> {
    return this.#announce('resumed', await this.#change(await this.#live(id), { pausedAt: null }));
  }

  /** Ends a token for good. One that is ended already keeps its date and reason. */
  async invalidate(id: string, { reason = '' }: { readonly reason?: string } = {}): Promise<ApiToken> {
    const { cache, events, rules, store } = this.environment;
    const before = await this.#existing(id);
    const at = new Date(rules.clock());
    const checked = checkText(reason, 'reason');
    const stored = await store.write(
      (kept) => kept.invalidate(before.id, at, checked),
      () => cache.forget(before.id),
    );
    if (stored !== null) this.#asAsked(stored.id === before.id, 'invalidate()');
    if (before.invalidatedAt === null) events.raise({ type: 'invalidated', ...reference(before), reason });
    return this.#toApiToken(stored ?? before);
  }

  /**
   * Ends the tokens of some owners, or everybody's, for good. An empty list of owners means nobody.
   *
   * @returns How many were ended by this call.
   */
  async invalidateMany(
    selector: ApiTokenSelector,
    { reason = '' }: { readonly reason?: string } = {},
  ): Promise<number> {
    const { cache, events, rules, store } = this.environment;
    const checked = checkSelector(selector);
    const at = new Date(rules.clock());
    const text = checkText(reason, 'reason');
    const count = await store.write(
      (kept) => kept.invalidateMany(checked, at, text),
      () => cache.clear(),
    );
    events.raise({ type: 'invalidated-many', selector: checked, reason, count });
    return count;
  }

  /** Deletes a token, so that nothing tells of it any more. To end one, prefer {@link invalidate}. */
  async remove(id: string): Promise<void> {
    const { cache, store } = this.environment;
    const stored = await this.#existing(id);
    await store.write(
      (kept) => kept.remove(stored.id),
      () => cache.forget(stored.id),
    );
    this.#announce('removed', stored);
  }

  /**
   * Deletes the tokens that were invalidated or expired before a time, which must not be in the future. Where there are so
   * many that the store takes longer than `managementDeadlineMs`, it goes on after `DEADLINE_EXCEEDED`.
   *
   * @returns How many.
   */
  async prune({ before }: { readonly before: Date }): Promise<number> {
    const { cache, rules, store } = this.environment;
    const checked = checkPast(before, 'before', rules.clock());
    return store.write(
      (kept) => kept.prune(checked),
      () => cache.clear(),
    );
  }

  /**
   * Raises `expiring-soon` for the tokens that expire later than `from` and not later than `until`. Schedule it, and let
   * each window start where the last ended, so that every token is announced once.
   *
   * @returns How many were announced.
   */
  async announceExpiring({ from, until }: { readonly from: Date; readonly until: Date }): Promise<number> {
    const window = [checkDate(from, 'from'), checkDate(until, 'until')] as const;
    if (window[0] > window[1]) {
      throw new ApiTokenError('INVALID_DATE', 'until', 'until must not be before from.');
    }
    let announced = 0;
    for (let after: string | null = null; ;) {
      const wanted: ApiTokenPage = { after, limit: PAGE };
      const page = await this.environment.store.read((store) => store.listExpiring(...window, wanted));
      for (const token of page) {
        this.#asAsked(isExpiring(token, ...window), 'listExpiring()');
        this.environment.events.raise({
          type: 'expiring-soon',
          ...reference(token),
          expiresAt: token.expiresAt!,
        });
        announced += 1;
      }
      if (page.length < PAGE) return announced;
      const last = page.at(-1)?.id ?? null;
      if (last === after) throw new Error('The store answered listExpiring() with the same page twice.');
      after = last;
    }
  }

  async #stored(id: string): Promise<StoredApiToken | null> {
    const stored = await this.environment.store.read(async (store) =>
      isTokenId(id) ? store.findById(id) : null,
    );
    if (stored === null || stored === undefined) return null;
    this.#asAsked(isTokenOf(id, stored), 'findById()');
    return stored;
  }

  async #existing(id: string): Promise<StoredApiToken> {
    const stored = await this.#stored(id);
    if (stored !== null) return stored;
    throw new ApiTokenError('TOKEN_NOT_FOUND', 'id', 'There is no token with this ID.');
  }

  async #live(id: string): Promise<StoredApiToken> {
    const stored = await this.#existing(id);
    if (stored.invalidatedAt === null) return stored;
    throw new ApiTokenError(
      'TOKEN_ENDED',
      'id',
      'The token has been invalidated, which is for good: issue another.',
    );
  }

  async #change({ id }: StoredApiToken, changes: ApiTokenChanges): Promise<StoredApiToken> {
    const { cache, rules, store } = this.environment;
    // Only a token that is given a later expiry can become one more.
    const quota = changes.expiresAt === undefined ? null : quotaAt(new Date(rules.clock()), this.environment);
    const stored = await store.write(
      (kept) => kept.update(id, changes, quota),
      () => cache.forget(id),
    );
    if (stored === null) return this.#existing(id);
    if (stored === 'quota-exceeded') throw quotaExceeded(this.environment);
    this.#asAsked(stored.id === id, 'update()');
    return stored;
  }

  /** @throws {ForeignRecordError} Where a store's answer is not what was asked for: nothing of it is shown. */
  #asAsked(isAsked: boolean, method: string): void {
    if (isAsked) return;
    const error = new ForeignRecordError(`The store answered ${method} with a token that was not asked for`);
    this.environment.events.raiseFault('repository', error);
    throw error;
  }

  #announce(
    type: 'issued' | 'imported' | 'paused' | 'resumed' | 'removed',
    stored: StoredApiToken,
  ): ApiToken {
    this.environment.events.raise({ type, ...reference(stored) });
    return this.#toApiToken(stored);
  }

  /** Lets others have a turn in between: policies may be long, and lists too. */
  async #toApiTokens(stored: readonly StoredApiToken[]): Promise<ApiToken[]> {
    const tokens: ApiToken[] = [];
    let turnMs = performance.now();
    for (const token of stored) {
      if (performance.now() - turnMs > TURN_MS) {
        await setImmediate();
        turnMs = performance.now();
      }
      tokens.push(this.#toApiToken(token));
    }
    return tokens;
  }

  #toApiToken(stored: StoredApiToken): ApiToken {
    return toApiToken(stored, this.environment.policies.read(stored.policy, reference(stored)));
  }
}

function reference({ id, ownerId }: StoredApiToken): { readonly tokenId: string; readonly ownerId: string } {
  return { tokenId: id, ownerId };
}
