import type { DefaultPolicyDecision, PolicyCatalog } from '../policy/index.js';
import { ApiTokenError } from '../tokens/api-token.error.js';
import type { ApiTokenQuota } from '../tokens/api-token-store.js';
import type { ApiTokenLifetimes } from './check-lifetime.js';

/** What new and changed tokens are checked against. */
export interface TokenRules {
  /** The current time, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly lifetimes: ApiTokenLifetimes;
  /** Null for any number. */
  readonly maxPerOwner: number | null;
  readonly defaultDecision: DefaultPolicyDecision;
  readonly catalog: PolicyCatalog;
}

/** How many tokens an owner may have at a time. Null for any number. */
export function quotaAt(at: Date, { maxPerOwner }: TokenRules): ApiTokenQuota | null {
  return maxPerOwner === null ? null : { limit: maxPerOwner, at };
}

/** The error of a call that would give an owner too many tokens. */
export function quotaExceeded({ maxPerOwner }: TokenRules): ApiTokenError {
  return new ApiTokenError(
    'QUOTA_EXCEEDED',
    'ownerId',
    `The owner has ${maxPerOwner} tokens already: revoke one of them first.`,
  );
}
