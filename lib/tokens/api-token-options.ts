import type { DefaultDecision } from '../policy/index.js';
import type { ApiTokenCacheLimits } from '../repositories/api-token-cache.js';
import type { Peppers } from './secret-digester.js';

/** How secrets are written and digested. */
export interface TokenOptions {
  /**
   * The word that every secret starts with, followed by `_`: a letter, then up to 13 of `a-z`, `0-9`, `_`. Scanners
   * and people recognise a leaked secret by it.
   */
  readonly prefix: string;
  /** Prefixes that are accepted beside `prefix`. Default none. */
  readonly acceptedPrefixes?: readonly string[];
  /** Keys to digest secrets with. Default none: SHA-256. */
  readonly peppers?: Peppers;
}

/** What the rules of tokens and their policies depend on. */
export interface TokenRules {
  readonly token: TokenOptions;
  /** What happens where no section of a policy decides. Default `'allow'`, as in djblets. */
  readonly defaultDecision?: DefaultDecision;
  /**
   * What happens to a token whose stored policy speaks of a policy ID that no route has. `'report'`: an event.
   * `'deny'`: an event, and the token is denied everything. Default `'report'`.
   */
  readonly unknownPolicyIds?: 'report' | 'deny';
  /** How long the repository and the owner provider may take, in milliseconds. Default 2,000. */
  readonly deadlineMs?: number;
  /**
   * How looked-up tokens are kept in this process. `lifetimeMs`, in milliseconds, is also how long a token that another
   * process has ended may still be accepted. Default 10,000 tokens for 5,000 ms; `false` keeps none.
   */
  readonly cache?: Partial<ApiTokenCacheLimits> | false;
  /** The time, in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
}
