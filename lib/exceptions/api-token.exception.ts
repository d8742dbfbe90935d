import { HttpException } from '@nestjs/common';

/** What tells the guard's rejections apart. Stable, for programs. */
export type ApiTokenExceptionCode =
  | 'API_TOKEN_REQUIRED'
  | 'INVALID_API_TOKEN'
  | 'AMBIGUOUS_CREDENTIALS'
  | 'RESOURCE_ID_NOT_CANONICAL'
  | 'PERMISSION_DENIED'
  | 'API_TOKEN_UNAVAILABLE';

/** A rejection of the guard: Nest's own body with a `code`, and the headers that go with it. */
export abstract class ApiTokenException extends HttpException {
  /** Headers of the response, such as `WWW-Authenticate` (RFC 6750 §3). */
  abstract readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: readonly [code: number, name: string],
    readonly code: ApiTokenExceptionCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    const [statusCode, error] = status;
    super({ statusCode, error, message, code, ...details }, statusCode);
  }
}
