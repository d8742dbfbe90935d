import type { RouteHandler } from './handler.js';
import { ACCESS_METADATA, type HandlerMethod, POLICY_ID_METADATA } from './metadata.js';

/** The methods of base classes that a handler overrides, nearest first. Their decorators don't count for it. */
export function overriddenMethods({
  controller,
  method,
  methodName,
}: Pick<RouteHandler, 'controller' | 'method' | 'methodName'>): HandlerMethod[] {
  const overridden: HandlerMethod[] = [];
  let prototype = Object.getPrototypeOf(controller.prototype) as object | null;
  while (prototype !== null && prototype !== Object.prototype) {
    const own: unknown = Object.getOwnPropertyDescriptor(prototype, methodName)?.value;
    if (typeof own === 'function' && own !== method) overridden.push(own as HandlerMethod);
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return overridden;
}

/** The decorator that limits tokens on an overridden method and is not repeated on the handler, if there is one. */
export function lostDecorator(
  handler: Pick<RouteHandler, 'controller' | 'method' | 'methodName'>,
): string | undefined {
  const overridden = overriddenMethods(handler);
  const isLost = (key: string, limits: (value: unknown) => boolean): boolean =>
    !Reflect.hasMetadata(key, handler.method) &&
    overridden.some((method) => limits(Reflect.getMetadata(key, method)));
  if (isLost(ACCESS_METADATA, (allowed) => allowed === false)) return '@ApiTokenAccess(false)';
  return isLost(POLICY_ID_METADATA, (written) => written !== undefined) ? '@PolicyId()' : undefined;
}
