import type { ExecutionContext } from '@nestjs/common';
import type { FaultyComponent } from '../events/api-token-event.js';
import { describeFault } from '../events/describe-fault.js';
import { refusalException } from '../exceptions/refusal-exception.js';
import type { Refusal } from '../http/refusal.js';
import type { ApiTokenGuardServices } from './api-token-guard-services.js';

/** Sets the headers of a refusal and makes the exception to throw: the application's own where it can make one. */
export function refuse(services: ApiTokenGuardServices, context: ExecutionContext, refusal: Refusal): Error {
  const { exceptionFactory, explainDenials } = services.rules;
  const exception = refusalException(refusal, explainDenials);
  const faulted = (component: FaultyComponent, error: unknown): void =>
    services.events.raise({ type: 'faulted', component, fault: describeFault(error) });
  try {
    services.setHeaders(context, exception.headers);
  } catch (error) {
    faulted('guard', error);
  }
  if (exceptionFactory === null) return exception;
  try {
    const own: unknown = exceptionFactory(refusal, exception, context);
    if (own instanceof Error) return own;
    throw new TypeError('exceptionFactory returned no Error');
  } catch (error) {
    faulted('exception-factory', error);
    return exception;
  }
}
