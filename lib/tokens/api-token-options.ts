import type { DefaultDecision } from '../policy/index.js';
import type { ApiTokenCacheLimits } from '../repositories/api-token-cache.js';
import type { ApiTokenFormat, ApiTokenGenerator } from './api-token-format.js';
import type { Peppers } from './secret-digester.js';

/** Which ways to write a secret there are, beside the default one. */
export interface TokenFormats {
  /** Makes new secrets. Default: `<prefix>_`, 256 random bits and a checksum. */
  readonly issued?: ApiTokenGenerator;
  /** Formats that are accepted beside the default one and `issued`. Default none. */
  readonly accepted?: readonly ApiTokenFormat[];
  /**
   * The IDs of accepted formats that should go: their tokens work, and are answered with `X-API-Token-Deprecated`.
   * Default none.
   */
  readonly deprecated?: readonly string[];
}

/** How secrets are written and digested. */
export interface TokenOptions {
  /**
   * The word that every secret starts with, followed by `_`: a letter, then up to 13 of `a-z`, `0-9`, `_`. Scanners
   * and people recognise a leaked secret by it.
   */
  readonly prefix: string;
  /** Prefixes that are accepted beside `prefix`. Default none. */
  readonly acceptedPrefixes?: readonly string[];
  readonly formats?: TokenFormats;
  /** Keys to digest secrets with. Default none: SHA-256. */
  readonly peppers?: Peppers;
}

/** How long tokens may live, from their issue, in milliseconds. */
export interface TokenLifetimes {
  /** For tokens that are issued without an expiry. Default: the maximum, or for ever where there is none. */
  readonly defaultMs?: number;
  /** Default: none. */
  readonly minimumMs?: number;
  /** Default: none. With one, no token lives for ever. */
  readonly maximumMs?: number;
}

/** What the rules of tokens and their policies depend on. */
export interface TokenRules {
  readonly token: TokenOptions;
  readonly lifetimes?: TokenLifetimes;
  /** How many tokens an owner may have that are neither invalidated nor expired. Default: any number. */
  readonly maxTokensPerOwner?: number;
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
   * How long each change and each reading of the store may take that the {@link ApiTokenService} asks for, and what is
   * written in the background and at the end, in milliseconds. Longer than `deadlineMs`, because no request waits for it
   * and pruning takes its time. Default 30,000.
   */
  readonly managementDeadlineMs?: number;
  /**
   * How looked-up tokens are kept in this process. `lifetimeMs`, in milliseconds, is also how long a token that another
   * process has ended may still be accepted. Default 10,000 tokens and 128 MiB for 5,000 ms; `false` keeps
   * none.
   */
  readonly cache?: Partial<ApiTokenCacheLimits> | false;
  /**
   * How often the times of last use are written, in milliseconds: never by a request itself. They are also written when
   * the application is closed. A process that ends otherwise loses the uses of that time: call
   * `app.enableShutdownHooks()`, or SIGTERM ends it at once. Default 60,000; `false` records none.
   */
  readonly lastUsed?: { readonly flushMs: number } | false;
  /** The time, in milliseconds since 1970. What is no time refuses requests with 503. Default `Date.now`. */
  readonly clock?: () => number;
}
