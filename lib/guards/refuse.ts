import type { ExecutionContext } from '@nestjs/common';
import { refusalException } from '../exceptions/refusal-exception.js';
import type { Refusal } from '../http/refusal.js';
import type { ApiTokenGuardServices } from './api-token-guard-services.js';

/** Sets the headers of a refusal and makes the exception to throw: the application's own where it can make one. */
export function refuse(services: ApiTokenGuardServices, context: ExecutionContext, refusal: Refusal): Error {
  const { exceptionFactory, explainDenials } = services.rules;
  const exception = refusalException(refusal, explainDenials);
  try {
    services.setHeaders(context, exception.headers);
  } catch (error) {
    services.events.raiseFault('guard', error);
  }
  try {
    return exceptionFactory === null ? exception : exceptionFactory(refusal, exception, context);
  } catch {
    // What failed has been raised by exceptionFactory itself.
    return exception;
  }
}
