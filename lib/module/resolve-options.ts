import type { ApiTokenCacheLimits } from '../authentication/api-token-cache.js';
import type { ApiTokenAuditOptions } from '../audit/audit-options.js';
import type { ApiTokenContexts } from '../request/api-token-context-adapter.js';
import type { ApiTokenLifetimes } from '../management/check-lifetime.js';
import type { ApiTokenFormats } from '../secrets/secret-formats.js';
import type { ApiTokenPeppers } from '../secrets/secret-digester.js';
import type {
  ApiTokenErrorOptions,
  ApiTokenFactoryOptions,
  ApiTokenLastUsedOptions,
  ApiTokenPolicyOptions,
  ApiTokenRequestOptions,
  ApiTokenTimeouts,
} from './api-token-factory-options.js';
import { checkOptions } from './check-options.js';

/** The options with every default. Null stands where there is none. */
export interface ResolvedOptions {
  readonly token: {
    readonly prefix: string;
    readonly acceptedPrefixes: readonly string[];
    readonly formats: ApiTokenFormats;
    readonly peppers: ApiTokenPeppers | undefined;
    readonly lifetimes: ApiTokenLifetimes;
    readonly maxPerOwner: number | null;
  };
  readonly requests: Required<Omit<ApiTokenRequestOptions, 'skipIf'>> & {
    readonly skipIf: NonNullable<ApiTokenRequestOptions['skipIf']> | null;
  };
  readonly policies: Required<ApiTokenPolicyOptions>;
  readonly errors: {
    readonly explainDenials: boolean;
    readonly exceptionFactory: NonNullable<ApiTokenErrorOptions['exceptionFactory']> | null;
  };
  readonly cache: ApiTokenCacheLimits | null;
  readonly timeouts: Required<ApiTokenTimeouts>;
  readonly lastUsed: ApiTokenLastUsedOptions | null;
  readonly clock: (() => number) | null;
  readonly audit: Required<ApiTokenAuditOptions>;
}

/** No member, not even an inherited one. */
const NONE: object = Object.freeze(Object.create(null) as object);

/** Every default. */
const DEFAULTS = {
  token: { acceptedPrefixes: [], formats: NONE, peppers: undefined, lifetimes: NONE, maxPerOwner: null },
  requests: { credentials: 'required', headers: [], contexts: NONE as ApiTokenContexts, skipIf: null },
  policies: { defaultDecision: 'allow', defaultTokenAccess: true, unknownIds: 'report' },
  errors: { explainDenials: false, exceptionFactory: null },
  cache: { maxTokens: 10_000, maxBytes: 134_217_728, lifetimeMs: 5_000 },
  timeouts: { lookupMs: 2_000, managementMs: 30_000 },
  lastUsed: { flushMs: 60_000 },
  clock: null,
  audit: { level: 'error', outside: [], knownPipes: [], compositeGuards: [] },
} as const satisfies Omit<ResolvedOptions, 'token'> & {
  readonly token: Omit<ResolvedOptions['token'], 'prefix'>;
};

/**
 * Checks the application's options, and fills in the defaults.
 *
 * @throws {ApiTokenConfigurationError} With every problem.
 */
export function resolveOptions(given: unknown): ResolvedOptions {
  const options: ApiTokenFactoryOptions = checkOptions(given);
  const { audit, cache, clock, lastUsed } = options;
  return {
    token: withDefaults(DEFAULTS.token, options.token),
    requests: withDefaults(DEFAULTS.requests, options.requests),
    policies: withDefaults(DEFAULTS.policies, options.policies),
    errors: withDefaults(DEFAULTS.errors, options.errors),
    cache: cache === false ? null : withDefaults(DEFAULTS.cache, cache),
    timeouts: withDefaults(DEFAULTS.timeouts, options.timeouts),
    lastUsed: lastUsed === false ? null : withDefaults(DEFAULTS.lastUsed, lastUsed),
    clock: clock ?? DEFAULTS.clock,
    audit: withDefaults(DEFAULTS.audit, typeof audit === 'string' ? { level: audit } : audit),
  };
}

/** A group of options that inherits nothing, so that nothing but what was given or is a default counts. */
function withDefaults<Defaults extends object, Given extends object>(
  defaults: Defaults,
  given: Given | undefined,
): Defaults & Given {
  return Object.assign(Object.create(null) as object, defaults, given) as Defaults & Given;
}
