import type { ExecutionContext } from '@nestjs/common';
import { refusalException } from '../exceptions/refusal-exception.js';
import type { Refusal } from '../http/refusal.js';
import type { ApiTokenGuardServices } from './api-token-guard-services.js';

/** Sets the headers of a refusal and makes the exception to throw: the application's own where it can make one. */
export function refuse(services: ApiTokenGuardServices, context: ExecutionContext, refusal: Refusal): Error {
  const { exceptionFactory, explainDenials } = services.rules;
  const exception = refusalException(refusal, explainDenials);
  announce(services, context, refusal);
  try {
    services.setHeaders(context, exception.headers);
  } catch (error) {
    services.events.raiseFault('guard', error);
  }
  const adapter = services.contextOf(context.getType());
  try {
    if (typeof adapter === 'object') adapter.acknowledge?.(refusal, exception, context);
  } catch {
    // The adapter has raised it itself. What is thrown still answers the client where it can.
  }
  try {
    const own = typeof adapter === 'object' ? adapter.exception?.(refusal, exception, context) : undefined;
    return own ?? exceptionFactory?.(refusal, exception, context) ?? exception;
  } catch {
    // What failed has been raised by the callback itself.
    return exception;
  }
}

/** Lets the operator know of a handler or a context that nothing is known of: no client can be the reason. */
function announce({ events }: ApiTokenGuardServices, context: ExecutionContext, refusal: Refusal): void {
  if (refusal.kind !== 'route-unknown' && refusal.kind !== 'context-unsupported') return;
  const handler = `${context.getClass().name}.${context.getHandler().name}`;
  events.raise({ type: 'handler-refused', reason: refusal.kind, handler, contextType: context.getType() });
}
