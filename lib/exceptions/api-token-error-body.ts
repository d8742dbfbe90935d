import { InvalidTokenPolicyError, type PolicyIssue } from '../policy/index.js';
import type { ApiTokenError, ApiTokenErrorCode } from '../tokens/api-token.error.js';

/** The response body for an error of `ApiTokenService`: Nest's own shape, with a `code` that programs can use. */
export interface ApiTokenErrorBody {
  readonly statusCode: number;
  readonly message: string;
  readonly error?: string;
  readonly code?: ApiTokenErrorCode | InvalidTokenPolicyError['code'];
  /** The argument that was wrong, or the part of the application. */
  readonly field?: string;
  /** Every problem of a policy. */
  readonly issues?: readonly PolicyIssue[];
}

/** A status, and the message where that of the error is not for clients. */
type Answer = Pick<ApiTokenErrorBody, 'statusCode' | 'error'> & { readonly message?: string };

const NOT_FOUND: Answer = { statusCode: 404, error: 'Not Found' };
const CONFLICT: Answer = { statusCode: 409, error: 'Conflict' };
const UNPROCESSABLE: Answer = { statusCode: 422, error: 'Unprocessable Entity' };
const UNAVAILABLE: Answer = {
  statusCode: 503,
  error: 'Service Unavailable',
  message: 'The tokens can not be reached: nothing was changed, try again',
};
// A store words these errors, and may repeat its driver.
const OUTCOME_OPEN: Answer = {
  ...UNAVAILABLE,
  message: 'The tokens can not be reached: see whether the change was made before you try again',
};

/** As Nest answers to an error that it knows nothing of. */
const FAULT: ApiTokenErrorBody = { statusCode: 500, message: 'Internal server error' };

/** Null where the application is at fault, and no client. */
const ANSWERS: Readonly<Record<ApiTokenErrorCode, Answer | null>> = {
  INVALID_OWNER_ID: UNPROCESSABLE,
  INVALID_NOTE: UNPROCESSABLE,
  INVALID_METADATA: UNPROCESSABLE,
  INVALID_EXPIRY: UNPROCESSABLE,
  INVALID_NOT_BEFORE: UNPROCESSABLE,
  INVALID_REASON: UNPROCESSABLE,
  INVALID_ACTOR: UNPROCESSABLE,
  INVALID_GRACE: UNPROCESSABLE,
  INVALID_DATE: UNPROCESSABLE,
  INVALID_AFTER: UNPROCESSABLE,
  INVALID_LIMIT: UNPROCESSABLE,
  INVALID_SECRET: UNPROCESSABLE,
  EMPTY_POLICY: UNPROCESSABLE,
  UNSAFE_SELECTOR: UNPROCESSABLE,
  NOTHING_TO_CHANGE: UNPROCESSABLE,
  SECRET_TAKEN: CONFLICT,
  QUOTA_EXCEEDED: CONFLICT,
  TOKEN_ENDED: CONFLICT,
  TOKEN_NOT_FOUND: NOT_FOUND,
  TOO_MANY_CALLS: UNAVAILABLE,
  DEADLINE_EXCEEDED: OUTCOME_OPEN,
  OUTCOME_UNKNOWN: OUTCOME_OPEN,
  STORE_REQUIRED: null,
};

/** What to tell a client of an error of the service. */
export function apiTokenErrorBody(error: ApiTokenError | InvalidTokenPolicyError): ApiTokenErrorBody {
  const { message, code } = error;
  if (error instanceof InvalidTokenPolicyError) {
    return { message, ...UNPROCESSABLE, code, field: 'policy', issues: error.issues };
  }
  // A store of JavaScript may have codes of its own.
  const answer = ANSWERS[error.code] ?? null;
  return answer === null ? FAULT : { message, ...answer, code, field: error.field };
}
