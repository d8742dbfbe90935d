import type { ExecutionContext } from '@nestjs/common';

type FindCarrier = (context: ExecutionContext) => object;

/**
 * How to find the carrier of a message, by each object that Nest hands to its handler. A parameter decorator has nothing but
 * these objects, and does not know of which application it is. Nothing is put on them: a payload may be sent back.
 */
const KEY = Symbol.for('nestjs-api-token:message-carriers');
// Shared by the CommonJS and the ES module copy of this package.
const shared = globalThis as { [KEY]?: WeakMap<object, FindCarrier> };
const carriers = (shared[KEY] ??= new WeakMap());

/** Remembers how to find the carrier of a message. */
export function rememberCarrier(context: ExecutionContext, find: FindCarrier): void {
  for (const argument of context.getArgs<unknown[]>()) {
    if (isObject(argument)) carriers.set(argument, find);
  }
}

/** The carrier of a message or of an HTTP request; undefined where the guard has not seen it. */
export function carrierOf(context: ExecutionContext): object | undefined {
  if (context.getType() === 'http') return context.getArgByIndex<object>(0);
  const find = context
    .getArgs<unknown[]>()
    .filter(isObject)
    .map((argument) => carriers.get(argument))
    .find((found) => found !== undefined);
  return find?.(context);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
