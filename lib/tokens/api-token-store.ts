import type { StoredApiToken } from './api-token-record.js';
import { ApiTokenRepository } from './api-token-repository.js';

/** A part of a list, in the order of IDs. */
export interface ApiTokenPage {
  /** The ID of the last token of the page before; null for the first page. */
  readonly after: string | null;
  /** The most tokens to return. */
  readonly limit: number;
}

/** How many tokens an owner may have that are neither revoked nor expired. */
export interface ApiTokenQuota {
  readonly limit: number;
  /** The time at which a token counts as expired. */
  readonly at: Date;
}

/** What may be changed of a token that is there. What is not named stays as it is. */
export type ApiTokenChanges = Partial<
  Pick<StoredApiToken, 'note' | 'policy' | 'metadata' | 'expiresAt' | 'pausedAt'>
>;

/** Whose tokens to end: those of some owners (none of an empty list), or everybody's. */
export type ApiTokenSelector = { readonly owners: readonly string[] } | { readonly all: true };

/**
 * Where tokens are kept that this library issues. Every method is one atomic change: it holds wholly or not at all, and
 * it holds when the method answers. Only {@link prune} and {@link recordUses} may be made in parts, so that nothing waits
 * long for them. IDs, owners and digests are told apart by every byte: `A1` is not the token `a1`. `testApiTokenStore` of
 * `nestjs-api-token/testing` tells whether a store keeps all this.
 *
 * Where it is not known whether a change holds, because the answer to its commit was lost, a method throws an
 * {@link ApiTokenError} with the code `OUTCOME_UNKNOWN`.
 */
export abstract class ApiTokenStore extends ApiTokenRepository {
  /**
   * Keeps a new token with its first secret.
   *
   * @param quota - Null for none. Has to hold when many tokens are inserted at once.
   * @returns `'digest-taken'` where another secret has the digest, `'quota-exceeded'` where the owner has too many
   * tokens; nothing has changed then.
   * @throws Where another token has the ID; nothing has changed then either.
   */
  abstract insert(
    token: StoredApiToken,
    digest: string,
    quota: ApiTokenQuota | null,
  ): Promise<'inserted' | 'digest-taken' | 'quota-exceeded'>;

  /** The token with this ID, or null. */
  abstract findById(id: string): Promise<StoredApiToken | null>;

  /** An owner's tokens in the order of their IDs, ended ones among them. */
  abstract list(ownerId: string, page: ApiTokenPage): Promise<readonly StoredApiToken[]>;

  /** Tokens that expire later than `from` and not later than `until`, and are not revoked, in the order of IDs. */
  abstract listExpiring(from: Date, until: Date, page: ApiTokenPage): Promise<readonly StoredApiToken[]>;

  /**
   * Changes what is named and nothing else, so that two changes of two fields at once both hold.
   *
   * @param quota - Null, or left out, for none. Holds as for {@link insert} for a token that does not count before the
   * change and does after it: one that had expired and is given a later expiry.
   * @returns The token as it is now, or null where there is none; `'quota-exceeded'` where the owner has too many other
   * tokens; nothing has changed then.
   */
  abstract update(
    id: string,
    changes: ApiTokenChanges,
    quota?: ApiTokenQuota | null,
  ): Promise<StoredApiToken | 'quota-exceeded' | null>;

  /**
   * Gives a token a new secret, with its hint. Its others are rejected from `retireAt` on, or earlier where they already
   * were to be.
   *
   * @returns `'digest-taken'` where another secret has the digest, `'not-found'` where there is no such token; nothing
   * has changed then.
   */
  abstract rotate(
    id: string,
    digest: string,
    retireAt: Date,
    hint: string,
  ): Promise<'rotated' | 'digest-taken' | 'not-found'>;

  /**
   * Keeps a secret under another digest: the same secret, digested with another key. Does nothing where there is no
   * such digest, or the new one is there already.
   */
  abstract replaceDigest(digest: string, replacement: string): Promise<void>;

  /**
   * Ends a token for good. One that is ended already keeps its date and reason.
   *
   * @returns The token as it is now, or null where there is none.
   */
  abstract revoke(id: string, at: Date, reason: string): Promise<StoredApiToken | null>;

  /**
   * Ends many tokens for good, as {@link revoke} does.
   *
   * @returns How many were ended by this call.
   */
  abstract revokeMany(selector: ApiTokenSelector, at: Date, reason: string): Promise<number>;

  /**
   * Keeps when tokens were used last, by ID. A time earlier than what is kept changes nothing. There may be many thousands:
   * write them in parts, each on its own.
   */
  abstract recordUses(uses: ReadonlyMap<string, Date>): Promise<void>;

  /**
   * Deletes a token with its secrets.
   *
   * @returns Whether there was one.
   */
  abstract remove(id: string): Promise<boolean>;

  /**
   * Deletes the tokens that were revoked or expired before a time, and rotated secrets that were rejected from before
   * it on. There may be millions: delete them in parts, each on its own, because nobody's revocation may wait for all.
   *
   * @returns How many tokens were deleted.
   */
  abstract prune(before: Date): Promise<number>;
}

const METHODS = [
  'findByDigest',
  'insert',
  'findById',
  'list',
  'listExpiring',
  'update',
  'rotate',
  'replaceDigest',
  'revoke',
  'revokeMany',
  'recordUses',
  'remove',
  'prune',
] as const satisfies readonly (keyof ApiTokenStore)[];

/** Whether a repository can keep tokens too. Asks for its methods: two copies of this package may be loaded. */
export function isApiTokenStore(repository: ApiTokenRepository): repository is ApiTokenStore {
  return METHODS.every((method) => typeof Reflect.get(repository, method) === 'function');
}
