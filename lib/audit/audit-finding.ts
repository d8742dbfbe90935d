/** Something about a route that its author has to mend. */
export interface AuditFinding {
  /** An error's route denies every token; a warning's is judged, but perhaps not as meant. */
  readonly severity: 'error' | 'warning';
  /** The handler with its paths. */
  readonly handler: string;
  /** What is wrong, and what to write. */
  readonly message: string;
}

/** Routes that can't be judged. Stops the start, so that it is not found out by a customer. */
export class ApiTokenAuditError extends Error {
  override readonly name = 'ApiTokenAuditError';
  readonly code = 'API_TOKEN_AUDIT';

  constructor(readonly findings: readonly AuditFinding[]) {
    const lines = findings.map(({ handler, message }) => `  ${handler}: ${message}`);
    super(
      `API tokens can't be judged on these routes:\n${lines.join('\n')}\n` +
        'With strict: false in ApiTokenModule.forRoot() the application starts, and they deny every token.',
    );
  }
}
