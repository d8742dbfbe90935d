import type { RouteProblem } from '../http/route-policy.js';

/** Something about a route that its author has to mend. */
export type AuditFinding = {
  /** The handler with its paths. */
  readonly handler: string;
  /** What is wrong, and what to write. */
  readonly message: string;
} & (
  | {
      /** Where the guard is bound, the route denies every token. Where it is missing, nothing is judged at all. */
      readonly severity: 'error';
      readonly code: RouteProblem['code'] | 'POLICY_ID_WITHOUT_GUARD' | 'OVERRIDE_LOST_GUARD';
    }
  | {
      /** The route is judged, but perhaps not as meant. */
      readonly severity: 'warning';
      readonly code:
        | 'POLICY_ID_SHARED'
        | 'CLOSED_TO_EVERYBODY'
        | 'CONTEXT_DENIED'
        | 'GLOBAL_GUARD_OUT_OF_REACH'
        | 'ROUTE_OUTSIDE_CONTROLLERS';
    }
);

/** Routes that can't be judged as meant. Stops the start, so that it is not found out by a customer. */
export class ApiTokenAuditError extends Error {
  override readonly name = 'ApiTokenAuditError';
  readonly code = 'API_TOKEN_AUDIT';

  constructor(readonly findings: readonly AuditFinding[]) {
    const lines = [...new Set(findings.map(({ message }) => message))].map((message) => {
      const handlers = findings
        .filter((finding) => finding.message === message)
        .map(({ handler }) => handler);
      return `  ${handlers.join(', ')}: ${message}`;
    });
    super(
      `API tokens are not judged as meant on these routes:\n${lines.join('\n')}\n` +
        "With audit: 'warn' in ApiTokenModule.forRoot() the application starts all the same, and those that are guarded " +
        'deny every token.',
    );
  }
}
