import type { ExecutionContext } from '@nestjs/common';
import { describeFault } from '../events/describe-fault.js';
import { refusalException } from '../exceptions/refusal-exception.js';
import type { Refusal } from '../http/refusal.js';
import type { ApiTokenGuardServices } from './api-token-guard-services.js';

/** Sets the headers of a refusal and makes the exception to throw: the application's own where it can make one. */
export function refuse(services: ApiTokenGuardServices, context: ExecutionContext, refusal: Refusal): Error {
  const { exceptionFactory, explainDenials } = services.rules;
  const exception = refusalException(refusal, explainDenials);
  services.setHeaders(context, exception.headers);
  if (exceptionFactory === null) return exception;
  try {
    const own: unknown = exceptionFactory(refusal, exception, context);
    if (own instanceof Error) return own;
    throw new TypeError('exceptionFactory returned no Error');
  } catch (error) {
    services.events.raise({ type: 'faulted', component: 'exception-factory', fault: describeFault(error) });
    return exception;
  }
}
