import { type ExecutionContext, HttpException } from '@nestjs/common';
import type { ApiTokenEvents } from '../events/api-token-events.js';
import type { ApiTokenContextAdapter, ApiTokenRequest } from './api-token-context-adapter.js';
import { ignoreRejection, isPromise } from '../utils/maybe-promise.js';
import { checkedCallback } from '../resilience/checked-callback.js';
import type { Rejection } from './rejection.js';
import { UnusableAnswerError } from '../resilience/unavailable.error.js';

/** Makes the exception of a rejection. */
export type ApiTokenExceptionFactory = (
  rejection: Rejection,
  exception: Error,
  context: ExecutionContext,
) => Error;

/** `skipIf`, of which only `true` skips, and which throws where it can't tell at once. */
export function checkedSkipIf(
  skipIf: (context: ExecutionContext) => boolean,
  events: ApiTokenEvents,
): (context: ExecutionContext) => boolean {
  return checkedCallback('skip-if', skipIf, readSkip, events);
}

/** `exceptionFactory`, which makes an exception that is a rejection, or throws. */
export function checkedExceptionFactory(
  exceptionFactory: ApiTokenExceptionFactory,
  events: ApiTokenEvents,
): ApiTokenExceptionFactory {
  return checkedCallback('exception-factory', exceptionFactory, readException, events);
}

type RejectionCallback = NonNullable<ApiTokenContextAdapter['exception']>;

/** An adapter of the application, whose answers can be used, or which throws. */
export function checkedAdapter(
  adapter: ApiTokenContextAdapter,
  events: ApiTokenEvents,
): ApiTokenContextAdapter {
  const check = <Args extends readonly unknown[], Answer>(
    callback: (...args: Args) => unknown,
    read: (answer: unknown) => Answer,
  ) => checkedCallback('context-adapter', callback, read, events);
  return {
    read: check((context: ExecutionContext) => adapter.read(context), readRequest),
    carrier: check((context: ExecutionContext) => adapter.carrier(context), readCarrier),
    ...(adapter.exception && {
      exception: check(
        (...args: Parameters<RejectionCallback>) => adapter.exception?.(...args),
        readException,
      ),
    }),
    ...(adapter.acknowledge && {
      acknowledge: check(
        (...args: Parameters<RejectionCallback>) => adapter.acknowledge?.(...args),
        ignoreRejection,
      ),
    }),
  };
}

function readSkip(answer: unknown): boolean {
  if (isPromise(answer)) throw new UnusableAnswerError('skipIf returned a promise, which nobody awaits');
  return answer === true;
}

function readException(answer: unknown): Error {
  if (!(answer instanceof Error)) throw new UnusableAnswerError('What makes exceptions returned no Error');
  // Of others the application's filters know the status.
  if (!(answer instanceof HttpException) || isRejection(answer.getStatus())) return answer;
  throw new UnusableAnswerError('What makes exceptions returned one whose status is no rejection');
}

function isRejection(status: unknown): boolean {
  return typeof status === 'number' && status >= 400 && status < 600;
}

function readCarrier(answer: unknown): object {
  if (typeof answer === 'object' && answer !== null && !isPromise(answer)) return answer;
  throw new UnusableAnswerError('The adapter returned no object as the carrier');
}

function readRequest(answer: unknown): ApiTokenRequest {
  const { headers, rawHeaders, method, params } = answer as ApiTokenRequest;
  if (!isObject(headers) || typeof method !== 'string') {
    throw new UnusableAnswerError('The adapter returned no headers and method');
  }
  // A client may send text, or nothing: no parameter is in it, and nobody has to fix anything.
  return { headers, rawHeaders, method, params: isObject(params) ? params : {} };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
