import type { ExecutionContext } from '@nestjs/common';
import type { ApiTokenException } from '../exceptions/api-token.exception.js';
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
  // An adapter knows its wire, and exceptionFactory perhaps HTTP only.
  const makeException = (typeof adapter === 'object' && adapter.exception) || exceptionFactory;
  try {
    acknowledge(adapter, refusal, exception, context);
  } catch {
    // What failed has been raised by the adapter itself. The exception still answers the client where it can.
  }
  try {
    return makeException === null ? exception : makeException(refusal, exception, context);
  } catch {
    // What failed has been raised by the callback itself.
    return exception;
  }
}

/** Answers a client that waits for an acknowledgement: Nest calls none for a message that a guard rejects. */
function acknowledge(
  adapter: ReturnType<ApiTokenGuardServices['contextOf']>,
  refusal: Refusal,
  exception: ApiTokenException,
  context: ExecutionContext,
): void {
  if (typeof adapter === 'object' && adapter.acknowledge !== undefined) {
    adapter.acknowledge(refusal, exception, context);
  } else if (context.getType() === 'ws') {
    // After client and payload Nest puts the acknowledgement of socket.io, where the client asked for one.
    const callback = context.getArgByIndex<unknown>(2);
    if (typeof callback === 'function') callback(exception.getResponse());
  }
}

/** Lets the operator know of a handler or a context that nothing is known of: no client can be the reason. */
function announce(services: ApiTokenGuardServices, context: ExecutionContext, refusal: Refusal): void {
  const contextType = context.getType<string>();
  const isUnknown =
    refusal.kind === 'route-unknown' ||
    (refusal.kind === 'context-unsupported' && services.contextOf(contextType) === undefined);
  if (!isUnknown) return;
  // What a library of other contexts calls handler may be no method of a class.
  const names = [nameOf(context.getClass()), nameOf(context.getHandler())];
  services.events.raise({
    type: 'handler-refused',
    reason: refusal.kind,
    handler: names.filter((name) => name !== undefined).join('.'),
    contextType,
  });
}

function nameOf(value: { readonly name: string } | null | undefined): string | undefined {
  return value?.name;
}
