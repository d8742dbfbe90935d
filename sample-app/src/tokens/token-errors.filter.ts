import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiTokenError, InvalidTokenPolicyError } from 'nestjs-api-token';

/** Answers with 400 to what the token service rejects, and names the field. */
@Catch(ApiTokenError, InvalidTokenPolicyError)
export class TokenErrorsFilter implements ExceptionFilter<ApiTokenError | InvalidTokenPolicyError> {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: ApiTokenError | InvalidTokenPolicyError, host: ArgumentsHost): void {
    const body = { statusCode: 400, error: 'Bad Request', code: error.code, ...details(error) };
    this.adapterHost.httpAdapter.reply(host.switchToHttp().getResponse(), body, body.statusCode);
  }
}

function details(error: ApiTokenError | InvalidTokenPolicyError): object {
  if (error instanceof ApiTokenError) return { message: [error.message], field: error.field };
  const message = error.issues.map((issue) => `policy${issue.pointer} ${issue.message}`);
  return { message, field: 'policy', issues: error.issues };
}
