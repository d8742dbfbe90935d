import { HttpException } from '@nestjs/common';
import type { ApiTokenModuleOptions } from './api-token-module-options.js';
import type { ApiTokenEvents } from './events/api-token-events.js';
import type { ApiTokenContextAdapter, ApiTokenRequest } from './http/api-token-context-adapter.js';
import { isPromise } from './maybe-promise.js';
import { checkedCallback } from './tokens/checked-callback.js';
import { UnusableAnswerError } from './tokens/unavailable.error.js';

/** `skipIf`, of which only `true` skips, and which throws where it can't tell at once. */
export function checkedSkipIf(
  skipIf: NonNullable<ApiTokenModuleOptions['skipIf']>,
  events: ApiTokenEvents,
): NonNullable<ApiTokenModuleOptions['skipIf']> {
  return checkedCallback('skip-if', skipIf, readSkip, events);
}

/** `exceptionFactory`, which makes an exception that is a refusal, or throws. */
export function checkedExceptionFactory(
  exceptionFactory: NonNullable<ApiTokenModuleOptions['exceptionFactory']>,
  events: ApiTokenEvents,
): NonNullable<ApiTokenModuleOptions['exceptionFactory']> {
  return checkedCallback('exception-factory', exceptionFactory, readException, events);
}

/** An adapter of the application, which reads a request or throws. */
export function checkedAdapter(
  adapter: ApiTokenContextAdapter,
  events: ApiTokenEvents,
): ApiTokenContextAdapter {
  return {
    read: checkedCallback('context-adapter', (context) => adapter.read(context), readRequest, events),
  };
}

function readSkip(answer: unknown): boolean {
  if (isPromise(answer)) throw new UnusableAnswerError('skipIf returned a promise, which nobody awaits');
  return answer === true;
}

function readException(answer: unknown): Error {
  if (!(answer instanceof Error)) throw new UnusableAnswerError('exceptionFactory returned no Error');
  // Of others the application's filters know the status.
  if (!(answer instanceof HttpException) || isRefusal(answer.getStatus())) return answer;
  throw new UnusableAnswerError('exceptionFactory returned an exception whose status is no refusal');
}

function isRefusal(status: unknown): boolean {
  return typeof status === 'number' && status >= 400 && status < 600;
}

function readRequest(answer: unknown): ApiTokenRequest {
  const request = answer as ApiTokenRequest;
  const parts: readonly unknown[] = [request.carrier, request.headers, request.params];
  const isComplete = parts.every((part) => typeof part === 'object' && part !== null);
  if (isComplete && typeof request.method === 'string') return request;
  throw new UnusableAnswerError('The adapter returned no carrier, headers, method and params');
}
