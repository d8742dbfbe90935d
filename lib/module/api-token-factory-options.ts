import type { ExecutionContext } from '@nestjs/common';
import type { ApiTokenCacheLimits } from '../authentication/api-token-cache.js';
import type { ApiTokenLifetimes } from '../management/check-lifetime.js';
import type { DefaultPolicyDecision } from '../policy/index.js';
import type { ApiTokenContexts } from '../request/api-token-context-adapter.js';
import type { Rejection } from '../request/rejection.js';
import type { ApiTokenFormats } from '../secrets/secret-formats.js';
import type { ApiTokenPeppers } from '../secrets/secret-digester.js';
import type { ApiTokenAuditLevel, ApiTokenAuditOptions } from '../audit/audit-options.js';

/** How secrets are written and digested, how long tokens live, and how many there may be. */
export interface ApiTokenOptions {
  /**
   * What every secret starts with, followed by `_`: a letter, then up to 13 of `a-z`, `0-9`, `_`. Scanners and people
   * recognize a leaked secret by it.
   */
  readonly prefix: string;
  /**
   * Prefixes that are accepted besides `prefix`.
   *
   * @default []
   */
  readonly acceptedPrefixes?: readonly string[];
  readonly formats?: ApiTokenFormats;
  /**
   * Keys that secrets are digested with.
   *
   * @default none: SHA-256
   */
  readonly peppers?: ApiTokenPeppers;
  readonly lifetimes?: ApiTokenLifetimes;
  /**
   * How many tokens an owner may have that are neither revoked nor expired.
   *
   * @default any number
   */
  readonly maxPerOwner?: number;
}

/** Which requests are authorized, and where their tokens are read. */
export interface ApiTokenRequestOptions {
  /**
   * What happens to a request without an API token. `'required'`: 401. `'optional'`: it passes on to the application's
   * other guards; a request with an invalid API token is rejected in both cases.
   *
   * @default 'required'
   */
  readonly credentials?: 'required' | 'optional';
  /**
   * Headers that carry API tokens besides Authorization, such as `x-api-key`. Responses to them are sent with
   * `Cache-Control: private`, unless the application sets its own: shared caches keep only Authorization apart.
   *
   * @default []
   */
  readonly headers?: readonly string[];
  /**
   * What happens in contexts other than HTTP, by their type: `rpc`, `ws`, `graphql`.
   *
   * @default 'deny' for each
   */
  readonly contexts?: ApiTokenContexts;
  /**
   * Excludes a request from API-token checks, for another library's `@Public()`. Only `true` does. Where it throws or
   * returns a promise, the request is rejected with 503.
   *
   * @default no request is excluded
   * @example
   * ```ts
   * skipIf: (context) => Reflect.getMetadata('isPublic', context.getHandler()) === true
   * ```
   */
  readonly skipIf?: (context: ExecutionContext) => boolean;
}

/** What policies mean where they do not say. */
export interface ApiTokenPolicyOptions {
  /**
   * The decision where no section of a policy decides. `'allow'`, as in djblets.
   *
   * @default 'allow'
   */
  readonly defaultDecision?: DefaultPolicyDecision;
  /**
   * Whether API tokens reach routes without `@ApiTokenAccess()`, as their policies allow.
   *
   * @default true
   */
  readonly defaultTokenAccess?: boolean;
  /**
   * What happens to a token whose stored policy names a policy ID that no route has. `'report'`: an event. `'deny'`: an
   * event, and the token is denied everything.
   *
   * @default 'report'
   */
  readonly unknownIds?: 'report' | 'deny';
}

/** How a rejected request is answered. */
export interface ApiTokenErrorOptions {
  /**
   * Whether the body of a 403 names the rule that decided and the sections that were consulted.
   *
   * @default false
   */
  readonly explainDenials?: boolean;
  /**
   * Makes the exception of a rejection, for applications with error bodies of their own. Where it throws, or returns no
   * Error or an HttpException whose status is not 400 to 599, the exception that it was given is thrown.
   *
   * @default the exception that it is given
   */
  readonly exceptionFactory?: (rejection: Rejection, exception: Error, context: ExecutionContext) => Error;
}

/** How long calls of the application's parts may take, in milliseconds. */
export interface ApiTokenTimeouts {
  /**
   * For the repository and the owner provider while a request waits, in milliseconds. Then 503.
   *
   * @default 2_000
   */
  readonly lookupMs?: number;
  /**
   * For calls of the store by {@link ApiTokenService} and in the background, in milliseconds. Then `DEADLINE_EXCEEDED`.
   * Longer than `lookupMs`, because no request waits and pruning takes its time.
   *
   * @default 30_000
   */
  readonly managementMs?: number;
}

/** When the times of last use are written. */
export interface ApiTokenLastUsedOptions {
  /**
   * How often they are written, in milliseconds. No request waits for it. They are also written when the application is
   * closed; a process that ends otherwise loses those of that time: call `app.enableShutdownHooks()`.
   *
   * @default 60_000
   */
  readonly flushMs: number;
}

/** The options that a factory of `forRootAsync` returns: all but the providers. */
export interface ApiTokenFactoryOptions {
  readonly token: ApiTokenOptions;
  readonly requests?: ApiTokenRequestOptions;
  readonly policies?: ApiTokenPolicyOptions;
  readonly errors?: ApiTokenErrorOptions;
  /**
   * How many tokens are kept in this process, and for how long. `lifetimeMs` is also how long a token that another
   * process has revoked may still be accepted. `false` keeps none.
   *
   * @default { maxTokens: 10_000, maxBytes: 134_217_728, lifetimeMs: 5_000 }
   */
  readonly cache?: Partial<ApiTokenCacheLimits> | false;
  readonly timeouts?: ApiTokenTimeouts;
  /**
   * When the times of last use are written. `false` records none.
   *
   * @default { flushMs: 60_000 }
   */
  readonly lastUsed?: ApiTokenLastUsedOptions | false;
  /**
   * The current time, in milliseconds since 1970. Where it returns anything else, requests are rejected with 503.
   *
   * @default Date.now
   */
  readonly clock?: () => number;
  /**
   * What the audit of all routes does at start.
   *
   * @default 'error': errors stop the start
   */
  readonly audit?: ApiTokenAuditLevel | ApiTokenAuditOptions;
}
