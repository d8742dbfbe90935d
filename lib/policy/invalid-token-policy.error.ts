/** What can be wrong with a policy document. */
export type PolicyIssueCode =
  | 'NOT_JSON'
  | 'TOO_LARGE'
  | 'TOO_MANY_ITEMS'
  | 'DUPLICATE_KEY'
  | 'UNKNOWN_KEY'
  | 'FORBIDDEN_KEY'
  | 'NOT_AN_OBJECT'
  | 'NOT_A_LIST'
  | 'NOT_A_METHOD'
  | 'EMPTY'
  | 'UNKNOWN_POLICY_ID'
  | 'ID_NOT_CANONICAL';

/** One problem of a policy document: where it is, and what to write instead. */
export interface PolicyIssue {
  /** JSON pointer (RFC 6901) into the document, in which long keys are cut short; empty for the document itself. */
  readonly pointer: string;
  readonly code: PolicyIssueCode;
  readonly message: string;
}

/** A policy document that was rejected, with all of its problems at once. */
export class InvalidTokenPolicyError extends Error {
  /** Stable, for programs. */
  readonly code = 'INVALID_TOKEN_POLICY';

  constructor(readonly issues: readonly PolicyIssue[]) {
    const [first] = issues;
    const rest = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
    super(`Invalid token policy at "${first?.pointer}": ${first?.message}${rest}`);
    this.name = 'InvalidTokenPolicyError';
  }
}
