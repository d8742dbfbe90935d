import { MetadataScanner } from '@nestjs/core';
import type { RouteHandler } from './route-handler.js';
import type { HandlerClass, HandlerMethod } from './metadata.js';

/** The methods of a class and of the classes it extends. */
export function classMethods(
  controller: HandlerClass,
): Pick<RouteHandler, 'controller' | 'method' | 'methodName'>[] {
  const prototype = controller.prototype as Record<string, unknown>;
  return new MetadataScanner()
    .getAllMethodNames(prototype)
    .map((methodName) => ({ controller, methodName, method: prototype[methodName] as HandlerMethod }));
}
