import type { ApiTokenSelector } from '../tokens/api-token-store.js';
import type { PolicyDecision, PolicyIssue } from '../policy/index.js';

/** Why a secret did not authenticate. For logs and alarms: a client is never told. */
export type ApiTokenFailure =
  | 'malformed'
  | 'unknown'
  | 'revoked'
  | 'paused'
  | 'not-yet-valid'
  | 'expired'
  | 'rotated'
  | 'owner-inactive'
  | 'unavailable';

/** The part of the application that failed. */
export type ApiTokenFaultSource =
  | 'repository'
  | 'owner-provider'
  | 'token-format'
  | 'clock'
  | 'context-adapter'
  | 'skip-if'
  | 'exception-factory'
  /** What finds the token of a secret, with its cache. */
  | 'authenticator'
  /** What authorizes a request, with the canonicalizers of its routes. */
  | 'guard';

/**
 * What is known of a failure. Never its message, which in database drivers holds parameters and addresses.
 */
export interface ApiTokenFault {
  /** The error's class, such as `QueryFailedError`; `UnusableAnswer` where nothing was thrown. */
  readonly name: string;
  /** The error's `code`, such as `ECONNREFUSED`; `DEADLINE_EXCEEDED` where an answer did not come in time. */
  readonly code?: string;
}

interface TokenEvent {
  readonly tokenId: string;
  readonly ownerId: string;
}

/** An event of a change that somebody made with the `ApiTokenService`. */
interface Change {
  /** Who made it, where the call said so. */
  readonly actor?: string;
}

/** What happens to tokens. No event holds a secret or a digest. */
export type ApiTokenEvent = { readonly at: Date } & (
  | ({ readonly type: 'issued' | 'imported' | 'paused' | 'resumed' | 'removed' } & TokenEvent & Change)
  | ({ readonly type: 'updated'; readonly fields: readonly string[] } & TokenEvent & Change)
  /** A new secret; the old one is rejected from `retireAt` on. */
  | ({ readonly type: 'rotated'; readonly retireAt: Date } & TokenEvent & Change)
  | ({ readonly type: 'revoked'; readonly reason: string } & TokenEvent & Change)
  | ({
      readonly type: 'revoked-many';
      readonly selector: ApiTokenSelector;
      readonly reason: string;
      readonly count: number;
    } & Change)
  /** Tokens that ended before a time were deleted. */
  | ({ readonly type: 'pruned'; readonly before: Date; readonly count: number } & Change)
  /** Raised by `announceExpiring()`. */
  | ({ readonly type: 'expiring-soon'; readonly expiresAt: Date } & TokenEvent)
  /** Somebody still uses a token that has expired. */
  | ({ readonly type: 'used-after-expiry' } & TokenEvent)
  /** Somebody still uses a secret that was rotated, after its grace: its owner, or whoever found it. */
  | ({ readonly type: 'used-after-rotation' } & TokenEvent)
  /** A request that the token's policy denies. */
  | ({ readonly type: 'denied'; readonly decision: PolicyDecision } & TokenEvent)
  /** A secret that did not authenticate otherwise; the token is known where the secret was one of its own. */
  | ({ readonly type: 'rejected'; readonly reason: ApiTokenFailure } & Partial<TokenEvent>)
  /** A stored policy that can't be relied on: the token is denied everything. */
  | ({ readonly type: 'policy-unresolved'; readonly issues: readonly PolicyIssue[] } & TokenEvent)
  /** A stored policy that speaks of resources the application does not have. */
  | ({ readonly type: 'unknown-policy-ids'; readonly policyIds: readonly string[] } & TokenEvent)
  /**
   * A request that was rejected for its handler, whatever its token: one that the application has not declared, or one of
   * a context that the guard denies. `handler` is what the function is named, which may be another name than in the code.
   */
  | {
      readonly type: 'handler-rejected';
      readonly reason: 'route-unknown' | 'context-unsupported';
      readonly handler: string;
      readonly contextType: string;
    }
  /** A part of the application that failed; a request that needed it was rejected. */
  | { readonly type: 'faulted'; readonly component: ApiTokenFaultSource; readonly fault: ApiTokenFault }
);

/** An {@link ApiTokenEvent} as it is emitted, before it is given its time. */
export type NewApiTokenEvent = ApiTokenEvent extends infer Event
  ? Event extends ApiTokenEvent
    ? Omit<Event, 'at'>
    : never
  : never;
