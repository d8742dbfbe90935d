import type { StoredApiToken } from './api-token-record.js';
import { ApiTokenRepository } from './api-token-repository.js';

/** Which tokens a list holds. */
export interface ApiTokenQuery {
  readonly ownerId: string;
  /** The ID of the last token of the page before; null for the first page. */
  readonly after: string | null;
  /** The most tokens to return. */
  readonly limit: number;
}

/**
 * Where tokens are kept that this library issues. Every method is one atomic change: it holds wholly or not at all.
 */
export abstract class ApiTokenStore extends ApiTokenRepository {
  /**
   * Keeps a new token with its first secret.
   *
   * @returns `'digest-taken'` where another token has the digest; nothing has changed then.
   */
  abstract insert(token: StoredApiToken, digest: string): Promise<'inserted' | 'digest-taken'>;

  /** The token with this ID, or null. */
  abstract findById(id: string): Promise<StoredApiToken | null>;

  /** An owner's tokens in the order of their IDs, ended ones among them. */
  abstract list(query: ApiTokenQuery): Promise<readonly StoredApiToken[]>;

  /**
   * Ends a token for good. One that is ended already keeps its date and reason.
   *
   * @returns The token as it is now, or null where there is none.
   */
  abstract invalidate(id: string, at: Date, reason: string): Promise<StoredApiToken | null>;
}

const METHODS = [
  'findByDigest',
  'insert',
  'findById',
  'list',
  'invalidate',
] as const satisfies readonly (keyof ApiTokenStore)[];

/** Whether a repository can keep tokens too. Asks for its methods: two copies of this package may be loaded. */
export function isApiTokenStore(repository: ApiTokenRepository): repository is ApiTokenStore {
  return METHODS.every((method) => typeof Reflect.get(repository, method) === 'function');
}
