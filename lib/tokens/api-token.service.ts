import { Injectable } from '@nestjs/common';
import { type ApiTokenStore, isApiTokenStore } from '../repositories/api-token-store.js';
import type { StoredApiToken } from '../repositories/api-token-record.js';
import { type ApiToken, toApiToken } from './api-token.js';
import { ApiTokenEnvironment } from './api-token-environment.js';
import { ApiTokenError, StoreRequiredError } from './api-token.error.js';
import {
  checkExpiry,
  checkOwnerId,
  checkPolicy,
  checkText,
  type IssueApiTokenOptions,
} from './issue-options.js';
import { newTokenId } from './token-id.js';

/** A token with its secret, which is shown to its owner now and never again. */
export interface IssuedApiToken {
  readonly token: ApiToken;
  readonly secret: string;
}

/** Which of an owner's tokens to list. */
export interface ListApiTokensOptions {
  readonly ownerId: string;
  /** The ID of the last token of the page before. Default: from the first. */
  readonly after?: string | null;
  /** The most tokens to return, 1 to 1,000. Default 100. */
  readonly limit?: number;
}

const MAX_LIST = 1_000;
const MAX_COLLISIONS = 5;

/**
 * Issues tokens and ends them. Says nothing of who may: ask that before you call it.
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
   * Makes a token. The secret is in the answer and nowhere else.
   *
   * @throws {ApiTokenError} Where an argument is wrong; its `field` names which.
   * @throws {InvalidTokenPolicyError} Where the policy is; its `issues` say how.
   * @throws {StoreRequiredError} Where the application's repository can't keep tokens.
   */
  async issue({
    ownerId,
    policy,
    note = '',
    expiresAt = null,
  }: IssueApiTokenOptions): Promise<IssuedApiToken> {
    const { rules, catalogue } = this.environment;
    const now = rules.clock();
    const stored: StoredApiToken = {
      id: newTokenId(now),
      ownerId: checkOwnerId(ownerId),
      kind: 'default',
      policy: checkPolicy(policy, catalogue),
      note: checkText(note, 'note'),
      createdAt: new Date(now),
      notBefore: null,
      expiresAt: checkExpiry(expiresAt, now),
      pausedAt: null,
      invalidatedAt: null,
      invalidationReason: null,
    };
    const secret = await this.#insert(stored);
    this.environment.events.raise({ type: 'issued', tokenId: stored.id, ownerId });
    return { token: this.#toApiToken(stored), secret };
  }

  /** The token with this ID, or null. */
  async find(id: string): Promise<ApiToken | null> {
    const stored = await this.#store.findById(id);
    return stored && this.#toApiToken(stored);
  }

  /**
   * An owner's tokens in the order of their issue, ended ones among them.
   *
   * @throws {ApiTokenError} Where an argument is wrong.
   */
  async list({ ownerId, after = null, limit = 100 }: ListApiTokensOptions): Promise<readonly ApiToken[]> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIST) {
      throw new ApiTokenError(
        'INVALID_LIST_QUERY',
        'limit',
        `limit must be a whole number from 1 to ${MAX_LIST}.`,
      );
    }
    const stored = await this.#store.list({ ownerId: checkOwnerId(ownerId), after, limit });
    return stored.map((token) => this.#toApiToken(token));
  }

  /**
   * Ends a token for good. In this process it is refused from now on; in others when their caches forget it, within
   * `cache.lifetimeMs`. A token that is ended already keeps its date and reason.
   *
   * @throws {ApiTokenError} `TOKEN_NOT_FOUND` where there is no such token.
   */
  async invalidate(id: string, { reason = '' }: { readonly reason?: string } = {}): Promise<ApiToken> {
    const { cache, events, rules } = this.environment;
    const now = new Date(rules.clock());
    const stored = await this.#store.invalidate(id, now, checkText(reason, 'reason'));
    if (stored === null) throw new ApiTokenError('TOKEN_NOT_FOUND', 'id', 'There is no token with this ID.');
    cache.forget(id);
    if (stored.invalidatedAt?.getTime() === now.getTime()) {
      events.raise({ type: 'invalidated', tokenId: id, ownerId: stored.ownerId, reason });
    }
    return this.#toApiToken(stored);
  }

  async #insert(stored: StoredApiToken): Promise<string> {
    const { cache, digester, issued } = this.environment;
    for (let attempt = 0; attempt < MAX_COLLISIONS; attempt += 1) {
      const secret = issued.generate();
      const fingerprint = digester.fingerprint(secret);
      if ((await this.#store.insert(stored, digester.digest(fingerprint))) === 'digest-taken') continue;
      cache.admit(fingerprint);
      return secret;
    }
    throw new Error(
      `The store said ${MAX_COLLISIONS} times that a new secret of 256 random bits is taken already.`,
    );
  }

  get #store(): ApiTokenStore {
    const { repository } = this.environment;
    if (isApiTokenStore(repository)) return repository;
    throw new StoreRequiredError();
  }

  #toApiToken(stored: StoredApiToken): ApiToken {
    const { id: tokenId, ownerId, policy } = stored;
    return toApiToken(stored, this.environment.policies.read(policy, { tokenId, ownerId }));
  }
}
