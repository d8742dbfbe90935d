import type { PolicyDecision } from '../policy/index.js';
import { ApiTokenException } from './api-token.exception.js';

const BAD_REQUEST = [400, 'Bad Request'] as const;
const UNAUTHORIZED = [401, 'Unauthorized'] as const;
const FORBIDDEN = [403, 'Forbidden'] as const;
const SERVICE_UNAVAILABLE = [503, 'Service Unavailable'] as const;

/** 401: the request brings nothing that claims to be an API token. */
export class ApiTokenRequiredException extends ApiTokenException {
  override readonly headers = { 'WWW-Authenticate': 'Bearer' };

  constructor() {
    super(UNAUTHORIZED, 'API_TOKEN_REQUIRED', 'Send an API token: Authorization: Bearer <token>');
  }
}

/** 401: the API token is unknown, ended, expired or damaged. One answer for all of them, so that it tells nothing. */
export class InvalidApiTokenException extends ApiTokenException {
  override readonly headers = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };

  constructor() {
    super(UNAUTHORIZED, 'INVALID_API_TOKEN', 'The API token is not valid');
  }
}

/** 400: the request brings several credentials. */
export class AmbiguousCredentialsException extends ApiTokenException {
  override readonly headers = { 'WWW-Authenticate': 'Bearer error="invalid_request"' };

  constructor() {
    super(BAD_REQUEST, 'AMBIGUOUS_CREDENTIALS', 'Send one API token, in one header');
  }
}

/** 400: the ID in the path is not spelled as this resource's IDs are. */
export class ResourceIdNotCanonicalException extends ApiTokenException {
  override readonly headers = {};

  constructor(param: string) {
    super(
      BAD_REQUEST,
      'RESOURCE_ID_NOT_CANONICAL',
      `The path parameter "${param}" is not spelled as an ID of this resource`,
    );
  }
}

/** 403: the token is good, but may not do this. */
export class PermissionDeniedException extends ApiTokenException {
  override readonly headers = { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' };

  constructor(
    message: string,
    /** What the policy decided; null where no policy was asked. */
    readonly decision: PolicyDecision | null = null,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(FORBIDDEN, 'PERMISSION_DENIED', message, details);
  }
}

/** 503: the token can't be checked now. */
export class ApiTokenUnavailableException extends ApiTokenException {
  override readonly headers = { 'Retry-After': '1' };

  constructor() {
    super(SERVICE_UNAVAILABLE, 'API_TOKEN_UNAVAILABLE', 'The API token could not be checked: try again');
  }
}
