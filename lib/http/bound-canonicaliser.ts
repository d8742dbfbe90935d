import { ParseIntPipe, ParseUUIDPipe } from '@nestjs/common';
import type { Canonicaliser } from '../policy/index.js';
import type { HandlerClass } from './metadata.js';

/** What Nest's parameter decorators leave under `__routeArguments__`, by `<kind>:<index>`. */
interface RouteArgument {
  readonly index: number;
  readonly data?: unknown;
  readonly pipes?: readonly unknown[];
}

/** The kind of `@Param()` among Nest's parameter decorators. */
const PARAM_KIND = '5:';

/**
 * The canonicaliser that fits how a handler binds a route parameter: pipes run after guards and turn `042` into 42, so
 * that what a pipe would fold has to be refused or folded before. Undefined where the handler does not bind it.
 */
export function boundCanonicaliser(
  controller: HandlerClass,
  methodName: string,
  param: string,
): Canonicaliser | undefined {
  const bound = Reflect.getMetadata('__routeArguments__', controller, methodName) as
    Record<string, RouteArgument> | undefined;
  const types = Reflect.getMetadata('design:paramtypes', controller.prototype as object, methodName) as
    readonly unknown[] | undefined;
  const params = Object.entries(bound ?? {}).filter(([kind]) => kind.startsWith(PARAM_KIND));
  for (const [, { index, data, pipes = [] }] of params) {
    const type = types?.[index];
    if (data === param) return fromPipes(pipes) ?? (type === Number ? 'int' : 'exact');
    // All parameters at once, as a class that a ValidationPipe may transform.
    if (data === undefined && typeof type === 'function') {
      const propertyType: unknown = Reflect.getMetadata('design:type', type.prototype as object, param);
      if (propertyType !== undefined) return propertyType === Number ? 'int' : 'exact';
    }
  }
  return undefined;
}

function fromPipes(pipes: readonly unknown[]): Canonicaliser | undefined {
  if (pipes.some((pipe) => isPipe(pipe, ParseIntPipe))) return 'int';
  return pipes.some((pipe) => isPipe(pipe, ParseUUIDPipe)) ? 'uuid' : undefined;
}

function isPipe(pipe: unknown, type: typeof ParseIntPipe | typeof ParseUUIDPipe): boolean {
  return (
    pipe === type || pipe instanceof type || (typeof pipe === 'function' && pipe.prototype instanceof type)
  );
}
