import { type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Canonicalizer } from '../policy/index.js';

/** How a route is named in policies. */
export interface PolicyIdOptions {
  /**
   * The route parameter that holds the item's ID. Null: this is a collection route, whatever its path. On a class it
   * answers for the routes whose paths have it.
   *
   * @default `id` where the path of controller and method ends in it, null where the path has no parameter
   */
  readonly param?: string | null;
  /**
   * How the spellings of an ID are folded.
   *
   * @default read off the handler's pipes and types, where all of them are known
   */
  readonly canonical?: Canonicalizer;
}

/** Which tokens reach a route: none, those whose policy allows it, or every valid one. */
export type TokenAccess = boolean | 'authenticated';

/** What {@link PolicyId} leaves on a class or a method. */
export interface PolicyIdMetadata extends PolicyIdOptions {
  readonly policyId: string;
}

// Fixed keys: the CommonJS and the ES module copy of this package have to read what either wrote.
export const POLICY_ID_METADATA = 'nestjs-api-token:policy-id';
export const ACCESS_METADATA = 'nestjs-api-token:access';
export const SKIP_METADATA = 'nestjs-api-token:skip';
export const RECHECK_METADATA = 'nestjs-api-token:recheck';

/** What the decorators of this package leave on classes and methods. */
export const ROUTE_METADATA = [POLICY_ID_METADATA, ACCESS_METADATA, SKIP_METADATA, RECHECK_METADATA] as const;

/** What stands on a prototype and a method's name: what the decorators of this package have left on that method. */
const MARKS_METADATA = 'nestjs-api-token:marks';

/** What each decorator of this package has left on a method, by its key. */
export type DecoratorMarks = Readonly<Record<string, unknown>>;

/**
 * Sets metadata as `SetMetadata` does, and marks the method's name too: a decorator above may replace the method by a
 * function without metadata.
 */
export function setRouteMetadata(key: string, value: unknown): ClassDecorator & MethodDecorator {
  const set = SetMetadata(key, value) as MethodDecorator & ClassDecorator;
  return (target: object, name?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (name === undefined || descriptor === undefined) {
      set(target as never);
      return;
    }
    set(target, name, descriptor);
    Reflect.defineMetadata(MARKS_METADATA, { ...decoratorMarks(target, name), [key]: value }, target, name);
  };
}

/** The marks on a method of a prototype. */
export function decoratorMarks(prototype: object, name: string | symbol): DecoratorMarks {
  return (Reflect.getOwnMetadata(MARKS_METADATA, prototype, name) ?? {}) as DecoratorMarks;
}

/** A controller or another class with handlers. */
export type HandlerClass = ReturnType<ExecutionContext['getClass']>;

/** A method that answers requests. */
export type HandlerMethod = ReturnType<ExecutionContext['getHandler']>;

/** What a decorator left on the handler, or else on the class. */
export function routeMetadata<T>(
  key: string,
  controller: HandlerClass,
  handler: HandlerMethod,
): T | undefined {
  return (Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller)) as T | undefined;
}
