import { ParseFloatPipe, ParseIntPipe, ParseUUIDPipe } from '@nestjs/common';
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

/** The pipes that turn several spellings into one, with the canonicaliser that knows them. */
const FOLDING_PIPES = [
  [ParseIntPipe, 'int'],
  [ParseFloatPipe, 'int'],
  [ParseUUIDPipe, 'uuid'],
] as const;

/**
 * The canonicaliser that fits how a handler binds a route parameter: pipes run after guards and turn `042` into 42, so
 * that what a pipe would fold has to be refused or folded before. Undefined where the handler does not bind it.
 */
export function boundCanonicaliser(
  controller: HandlerClass,
  methodName: string,
  param: string,
): Canonicaliser | undefined {
  const prototype = controller.prototype as object;
  const bound = Reflect.getMetadata('__routeArguments__', controller, methodName) as
    Record<string, RouteArgument> | undefined;
  const types = (Reflect.getMetadata('design:paramtypes', prototype, methodName) ?? []) as readonly unknown[];
  const shared = [controller, Reflect.get(prototype, methodName) as object].flatMap(pipesOf);
  const found = Object.entries(bound ?? {})
    .filter(([kind]) => kind.startsWith(PARAM_KIND))
    .flatMap(([, { index, data, pipes = [] }]) => {
      if (data === param) return [fromPipes([...shared, ...pipes]) ?? fromType(types[index])];
      // All parameters at once, as a class that a ValidationPipe may transform.
      return data === undefined ? fromProperty(types[index], param) : [];
    });
  // Bound twice, it may be folded once.
  return found.find((canonicaliser) => canonicaliser !== 'exact') ?? found[0];
}

function pipesOf(target: object): readonly unknown[] {
  return (Reflect.getMetadata('__pipes__', target) ?? []) as readonly unknown[];
}

function fromPipes(pipes: readonly unknown[]): Canonicaliser | undefined {
  return FOLDING_PIPES.find(([type]) => pipes.some((pipe) => isPipe(pipe, type)))?.[1];
}

function fromType(type: unknown): Canonicaliser {
  return type === Number ? 'int' : 'exact';
}

function fromProperty(type: unknown, property: string): Canonicaliser[] {
  if (typeof type !== 'function') return [];
  const propertyType: unknown = Reflect.getMetadata('design:type', type.prototype as object, property);
  return propertyType === undefined ? [] : [fromType(propertyType)];
}

function isPipe(pipe: unknown, type: (typeof FOLDING_PIPES)[number][0]): boolean {
  return (
    pipe === type || pipe instanceof type || (typeof pipe === 'function' && pipe.prototype instanceof type)
  );
}
