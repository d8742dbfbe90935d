import { setImmediate } from 'node:timers/promises';
import type { StoredApiToken } from '../tokens/api-token-record.js';
import type { ApiTokenChanges, ApiTokenPage, ApiTokenSelector } from '../tokens/api-token-store.js';
import type { ApiToken } from '../tokens/api-token.js';
import { unpolluted } from '../policy/unpolluted.js';
import type { ApiTokenCacheEviction } from '../authentication/api-token-cache.js';
import type { ApiTokenReader } from '../authentication/api-token-reader.js';
import type { ApiTokenEvents } from '../events/api-token-events.js';
import type { StoreAccess } from '../resilience/store-access.js';
import { ApiTokenError } from '../tokens/api-token.error.js';
import {
  checkActor,
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
import type {
  ApiTokenChangeOptions,
  ImportApiTokenOptions,
  IssueApiTokenOptions,
  ListApiTokensOptions,
  PruneApiTokensOptions,
  RevokeApiTokenOptions,
  RotateApiTokenOptions,
  UpdateApiTokenOptions,
} from './issue-options.js';
import { importedToken, newToken } from './new-token.js';
import { tokenChanges } from './token-changes.js';
import { quotaAt, quotaExceeded, type TokenRules } from './token-rules.js';
import type { TokenWriter } from './token-writer.js';
import { ForeignRecordError } from '../authentication/token-loader.js';

/** A token with its secret, which is shown to its owner now and never again. */
export interface IssuedApiToken {
  readonly token: ApiToken;
  readonly secret: string;
}

const PAGE = 500;
/** How long the policies of a list are read at a stretch, in milliseconds. */
const TURN_MS = 5;

/**
 * Issues tokens, changes them and ends them. Says nothing of who may: ask that before you call it. What is rejected
 * changes nothing; what was answered holds, in this process at once and in others when their caches forget the token,
 * within `cache.lifetimeMs`.
 *
 * Every method throws an {@link ApiTokenError} whose `code` is stable and whose `field` names the argument that was
 * wrong, an {@link InvalidTokenPolicyError} for a policy, and a {@link StoreRequiredError} where the application's
 * repository can't keep tokens. Where the store does not answer within `timeouts.managementMs`, the code is
 * `DEADLINE_EXCEEDED`; where the database's answer to a commit was lost, it is `OUTCOME_UNKNOWN`: whether a change was made
 * is not known then, and it may still be. What it was about has been forgotten in this process all the same, so that
 * nothing hides a change that was made.
 *
 * Every change takes `actor`, who makes it, which its event carries.
 *
 * @example
 * ```ts
 * const { token, secret } = await tokens.issue({
 *   ownerId: user.id,
 *   actor: user.id,
 *   policy: { resources: { '*': { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] } } },
 *   note: 'continuous integration',
 * });
 * ```
 */
export class ApiTokenService {
  readonly #rules: TokenRules;
  readonly #store: StoreAccess;
  readonly #writer: TokenWriter;
  readonly #cache: ApiTokenCacheEviction;
  readonly #reader: ApiTokenReader;
  readonly #events: ApiTokenEvents;

  /** @internal */
  constructor(
    rules: TokenRules,
    store: StoreAccess,
    writer: TokenWriter,
    cache: ApiTokenCacheEviction,
    reader: ApiTokenReader,
    events: ApiTokenEvents,
  ) {
    this.#rules = rules;
    this.#store = store;
    this.#writer = writer;
    this.#cache = cache;
    this.#reader = reader;
    this.#events = events;
  }

  /**
   * Makes a token. The secret is in the answer and nowhere else. `QUOTA_EXCEEDED` where the owner has too many.
   *
   * After `DEADLINE_EXCEEDED` or `OUTCOME_UNKNOWN` there may be a token that nobody can use, because nobody was told its
   * secret. It counts until it is removed.
   */
  async issue(options: IssueApiTokenOptions): Promise<IssuedApiToken> {
    const given = unpolluted(options);
    const by = checkActor(given.actor);
    const { stored, secret } = await this.#writer.insert(newToken(given, this.#rules));
    return { token: this.#announce('issued', stored, by), secret };
  }

  /** Takes over a token that another system issued. `SECRET_TAKEN` where it is here already. */
  async import(options: ImportApiTokenOptions): Promise<ApiToken> {
    const given = unpolluted(options);
    const by = checkActor(given.actor);
    const stored = await this.#writer.import(importedToken(given, this.#rules), given);
    return this.#announce('imported', stored, by);
  }

  /** The token with this ID, or null. */
  async find(id: string): Promise<ApiToken | null> {
    const stored = await this.#stored(id);
    return stored && this.#reader.read(stored);
  }

  /** An owner's tokens in the order of their issue, ended ones among them. */
  async list(options: ListApiTokensOptions): Promise<readonly ApiToken[]> {
    const { ownerId, after = null, limit = 100 } = unpolluted(options);
    const owner = checkOwnerId(ownerId);
    const page = { after: checkAfter(after), limit: checkLimit(limit) };
    const stored = await this.#store.read((store) => store.list(owner, page));
    for (const token of stored) this.#asAsked(token.ownerId === owner, 'list()');
    return this.#toApiTokens(stored);
  }

  /**
   * Changes what is named and nothing else. `TOKEN_ENDED` for a token that was revoked, `QUOTA_EXCEEDED` for one that
   * has expired where a later expiry would give its owner too many.
   */
  async update(id: string, options: UpdateApiTokenOptions): Promise<ApiToken> {
    const given = unpolluted(options);
    const by = checkActor(given.actor);
    const before = await this.#live(id);
    const changes = tokenChanges(given, before, this.#rules);
    const stored = await this.#change(before, changes);
    this.#events.emit({ type: 'updated', ...reference(stored), ...by, fields: Object.keys(changes) });
    return this.#reader.read(stored);
  }

  /**
   * Gives a token a new secret: same ID, owner, policy and expiry. The old secret lives on for `graceMs`; when it is used
   * later, `used-after-rotation` is emitted.
   *
   * After `DEADLINE_EXCEEDED` or `OUTCOME_UNKNOWN` rotate again: the old secret may have been retired for one that nobody was told.
   */
  async rotate(id: string, options: RotateApiTokenOptions = {}): Promise<IssuedApiToken> {
    const { graceMs = 0, actor } = unpolluted(options);
    const by = checkActor(actor);
    const before = await this.#live(id);
    const retireAt = checkGrace(graceMs, this.#rules.clock());
    const { stored, secret } = await this.#writer.rotate(before, retireAt);
    this.#events.emit({ type: 'rotated', ...reference(stored), ...by, retireAt });
    return { token: this.#reader.read(stored), secret };
  }

  /** Rejects a token until it is resumed. */
  async pause(id: string, options: ApiTokenChangeOptions = {}): Promise<ApiToken> {
    const by = checkActor(unpolluted(options).actor);
    const before = await this.#live(id);
    const changes = { pausedAt: before.pausedAt ?? new Date(this.#rules.clock()) };
    return this.#announce('paused', await this.#change(before, changes), by);
  }

  /** Accepts a paused token again. */
  async resume(id: string, options: ApiTokenChangeOptions = {}): Promise<ApiToken> {
    const by = checkActor(unpolluted(options).actor);
    return this.#announce('resumed', await this.#change(await this.#live(id), { pausedAt: null }), by);
  }

  /** Ends a token for good. One that is ended already keeps its date and reason. */
  async revoke(id: string, options: RevokeApiTokenOptions = {}): Promise<ApiToken> {
    const { reason = '', actor } = unpolluted(options);
    const by = checkActor(actor);
    const before = await this.#existing(id);
    const at = new Date(this.#rules.clock());
    const checked = checkText(reason, 'reason');
    const stored = await this.#store.write(
      (store) => store.revoke(before.id, at, checked),
      () => this.#cache.forget(before.id),
    );
    if (stored !== null) this.#asAsked(stored.id === before.id, 'revoke()');
    if (before.revokedAt === null)
      this.#events.emit({ type: 'revoked', ...reference(before), ...by, reason });
    return this.#reader.read(stored ?? before);
  }

  /**
   * Ends the tokens of some owners, or everybody's, for good. An empty list of owners means nobody.
   *
   * @returns How many were ended by this call.
   */
  async revokeMany(selector: ApiTokenSelector, options: RevokeApiTokenOptions = {}): Promise<number> {
    const { reason = '', actor } = unpolluted(options);
    const by = checkActor(actor);
    const checked = checkSelector(selector);
    const at = new Date(this.#rules.clock());
    const text = checkText(reason, 'reason');
    const count = await this.#store.write(
      (store) => store.revokeMany(checked, at, text),
      () => this.#cache.clear(),
    );
    this.#events.emit({ type: 'revoked-many', ...by, selector: checked, reason, count });
    return count;
  }

  /** Deletes a token, so that nothing tells of it any more. To end one, prefer {@link revoke}. */
  async remove(id: string, options: ApiTokenChangeOptions = {}): Promise<void> {
    const by = checkActor(unpolluted(options).actor);
    const stored = await this.#existing(id);
    await this.#store.write(
      (store) => store.remove(stored.id),
      () => this.#cache.forget(stored.id),
    );
    this.#announce('removed', stored, by);
  }

  /**
   * Deletes the tokens that were revoked or expired before a time, which must not be in the future. Where there are so
   * many that the store takes longer than `timeouts.managementMs`, it goes on after `DEADLINE_EXCEEDED`.
   *
   * @returns How many.
   */
  async prune(options: PruneApiTokensOptions): Promise<number> {
    const { before, actor } = unpolluted(options);
    const by = checkActor(actor);
    const checked = checkPast(before, 'before', this.#rules.clock());
    const count = await this.#store.write(
      (store) => store.prune(checked),
      () => this.#cache.clear(),
    );
    this.#events.emit({ type: 'pruned', ...by, before: checked, count });
    return count;
  }

  /**
   * Emits `expiring-soon` for the tokens that expire later than `from` and not later than `until`. Schedule it, and let
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
      const page = await this.#store.read((store) => store.listExpiring(...window, wanted));
      for (const token of page) {
        this.#asAsked(isExpiring(token, ...window), 'listExpiring()');
        this.#events.emit({
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
    const stored = await this.#store.read(async (store) => (isTokenId(id) ? store.findById(id) : null));
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
    if (stored.revokedAt === null) return stored;
    throw new ApiTokenError(
      'TOKEN_ENDED',
      'id',
      'The token has been revoked, which is for good: issue another.',
    );
  }

  async #change({ id }: StoredApiToken, changes: ApiTokenChanges): Promise<StoredApiToken> {
    // Only a token that is given a later expiry can become one more.
    const quota =
      changes.expiresAt === undefined ? null : quotaAt(new Date(this.#rules.clock()), this.#rules);
    const stored = await this.#store.write(
      (store) => store.update(id, changes, quota),
      () => this.#cache.forget(id),
    );
    if (stored === null) return this.#existing(id);
    if (stored === 'quota-exceeded') throw quotaExceeded(this.#rules);
    this.#asAsked(stored.id === id, 'update()');
    return stored;
  }

  /** @throws {ForeignRecordError} Where a store's answer is not what was asked for: nothing of it is shown. */
  #asAsked(isAsked: boolean, method: string): void {
    if (isAsked) return;
    const error = new ForeignRecordError(`The store answered ${method} with a token that was not asked for`);
    this.#events.emitFault('repository', error);
    throw error;
  }

  #announce(
    type: 'issued' | 'imported' | 'paused' | 'resumed' | 'removed',
    stored: StoredApiToken,
    by: { readonly actor?: string },
  ): ApiToken {
    this.#events.emit({ type, ...reference(stored), ...by });
    return this.#reader.read(stored);
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
      tokens.push(this.#reader.read(token));
    }
    return tokens;
  }
}

function reference({ id, ownerId }: StoredApiToken): { readonly tokenId: string; readonly ownerId: string } {
  return { tokenId: id, ownerId };
}
