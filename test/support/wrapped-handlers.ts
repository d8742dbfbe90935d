import { RouterExecutionContext } from '@nestjs/core/router/router-execution-context.js';
import { afterEach } from '@jest/globals';

const { prototype } = RouterExecutionContext;
const create = prototype.create;

type Handler = (...args: unknown[]) => unknown;

/** Replaces a handler by a function that calls it, with its name and its metadata, as tracing does. */
export function traced(handler: Handler, copiesMetadata = true): Handler {
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    return handler.apply(this, args);
  };
  Object.defineProperty(wrapper, 'name', { value: handler.name });
  if (copiesMetadata) copyMetadata(handler, wrapper);
  return wrapper;
}

/** What OpenTelemetry's instrumentation of Nest and Sentry's do to every handler that Nest routes from now on in a test. */
export function traceEveryHandler(
  copiesMetadata = true,
  onWrapped: (wrapper: object) => void = () => undefined,
): void {
  // No mock, which would keep every function that it is called with.
  prototype.create = function (this: RouterExecutionContext, ...args: Parameters<typeof create>) {
    args[1] = traced(args[1], copiesMetadata);
    onWrapped(args[1]);
    return create.apply(this, args);
  };
}

/** A decorator that replaces a method, as those for tracing, transactions and logging do. */
export function Traced(copiesMetadata = false): MethodDecorator {
  return (_target, _key, descriptor: PropertyDescriptor) => {
    descriptor.value = traced(descriptor.value as Handler, copiesMetadata);
  };
}

function copyMetadata(from: object, to: object): void {
  for (const key of Reflect.getMetadataKeys(from)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
  }
}

afterEach(() => {
  prototype.create = create;
});
