import type { PolicyDecision, PolicyIssue } from '../policy/index.js';

/** Why a secret did not authenticate. For logs and alarms: a client is never told. */
export type AuthenticationFailure =
  | 'malformed'
  | 'unknown'
  | 'invalidated'
  | 'paused'
  | 'not-yet-valid'
  | 'expired'
  | 'owner-inactive'
  | 'unavailable';

/** The part of the application that failed. */
export type FaultyComponent = 'repository' | 'owner-provider' | 'skip-if' | 'exception-factory' | 'guard';

/**
 * What is known of a failure. Never its message, which in database drivers holds parameters and addresses.
 */
export interface Fault {
  /** The error's class, such as `QueryFailedError`; `DeadlineExceeded` where an answer did not come in time. */
  readonly name: string;
  /** The error's `code`, such as `ECONNREFUSED`, where it has one. */
  readonly code?: string;
}

interface TokenEvent {
  readonly tokenId: string;
  readonly ownerId: string;
}

/** What happens to tokens. No event holds a secret or a digest. */
export type ApiTokenEvent = { readonly at: Date } & (
  | ({ readonly type: 'issued' } & TokenEvent)
  | ({ readonly type: 'invalidated'; readonly reason: string } & TokenEvent)
  /** A request that the token's policy denies. */
  | ({ readonly type: 'denied'; readonly decision: PolicyDecision } & TokenEvent)
  /** A secret that did not authenticate; the token is known where the secret was one of its own. */
  | ({ readonly type: 'refused'; readonly reason: AuthenticationFailure } & Partial<TokenEvent>)
  /** A stored policy that can't be relied on: the token is denied everything. */
  | ({ readonly type: 'policy-unresolved'; readonly issues: readonly PolicyIssue[] } & TokenEvent)
  /** A stored policy that speaks of resources the application does not have. */
  | ({ readonly type: 'unknown-policy-ids'; readonly policyIds: readonly string[] } & TokenEvent)
  /** A part of the application that failed; the request was refused. */
  | { readonly type: 'faulted'; readonly component: FaultyComponent; readonly fault: Fault }
);

/** An {@link ApiTokenEvent} as it is raised, before it is given its time. */
export type NewApiTokenEvent = ApiTokenEvent extends infer Event
  ? Event extends ApiTokenEvent
    ? Omit<Event, 'at'>
    : never
  : never;
