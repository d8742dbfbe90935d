import type { RouteProblem } from '../routes/route-declaration.js';

/** Something about a route that its author has to mend. */
export type ApiTokenAuditFinding = {
  /** The handler with its paths. */
  readonly handler: string;
  /** What is wrong, and what to write. */
  readonly message: string;
} & (
  | {
      /** Where the guard is bound, the route denies every token. Where it is missing, nothing is authorized at all. */
      readonly severity: 'error';
      readonly code:
        | RouteProblem['code']
        | 'POLICY_ID_WITHOUT_GUARD'
        | 'DECORATOR_WITHOUT_GUARD'
        | 'OVERRIDE_LOST_GUARD'
        | 'GUARDS_NOT_RUN';
    }
  | {
      /** The route is authorized, but perhaps not as meant. */
      readonly severity: 'warning';
      readonly code:
        | 'POLICY_ID_SHARED'
        | 'CLOSED_TO_EVERYBODY'
        | 'CONTEXT_DENIED'
        | 'REJECTION_WITHOUT_ANSWER'
        | 'GLOBAL_GUARD_OUT_OF_REACH'
        | 'ROUTE_OUTSIDE_CONTROLLERS'
        | 'GUARD_BOUND_NOWHERE'
        | 'GUARD_MISSING_BESIDE'
        | 'METHOD_GUARD_OF_REQUEST_SCOPE'
        | 'ANONYMOUS_ACCESS';
    }
);

/** Routes that can't be authorized as meant. Stops the start, so that it is not found out by a customer. */
export class ApiTokenAuditError extends Error {
  override readonly name = 'ApiTokenAuditError';
  readonly code = 'API_TOKEN_AUDIT';

  constructor(readonly findings: readonly ApiTokenAuditFinding[]) {
    super(
      `API tokens are not authorized as meant on these routes:\n${linesOf(findings)
        .map((line) => `  ${line}`)
        .join('\n')}\n` +
        "With audit: 'warn' in ApiTokenModule.forRoot() the application starts all the same, and those that are guarded " +
        'deny every token.',
    );
  }
}

/** Findings as lines to read: one for each message, with every handler that it is about. */
export function linesOf(findings: readonly ApiTokenAuditFinding[]): string[] {
  const handlers = new Map<string, string[]>();
  for (const { handler, message } of findings) {
    handlers.set(message, [...(handlers.get(message) ?? []), handler]);
  }
  return [...handlers].map(([message, names]) => `${names.join(', ')}: ${message}`);
}
