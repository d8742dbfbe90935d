import { ContextIdFactory, type DiscoveryService } from '@nestjs/core';
import type { HandlerClass, HandlerMethod } from './metadata.js';

type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** Stands on a function: of which classes it is a handler, under which names. Tracing copies it to what it calls instead. */
const HANDLER_METADATA = 'nestjs-api-token:handler';

type HandlerNames = WeakMap<HandlerClass, Set<string>>;

/** Marks a function as a handler of a class, for {@link markedNames}. */
export function markHandler(method: HandlerMethod, controller: HandlerClass, methodName: string): void {
  const known = Reflect.getOwnMetadata(HANDLER_METADATA, method) as HandlerNames | undefined;
  const names: HandlerNames = known ?? new WeakMap();
  names.set(controller, (names.get(controller) ?? new Set()).add(methodName));
  if (known === undefined) Reflect.defineMetadata(HANDLER_METADATA, names, method);
}

/** The names under which a function, or the one whose metadata it has, is a handler of a class. */
export function markedNames(method: HandlerMethod, controller: HandlerClass): readonly string[] {
  const names = Reflect.getMetadata(HANDLER_METADATA, method) as HandlerNames | undefined;
  return [...(names?.get(controller) ?? [])];
}

/** What Nest calls for a method of a controller that is made once. */
export interface CalledFunctions {
  /** The functions that are not the method of the prototype: bound ones, for example. */
  readonly own: readonly HandlerMethod[];
  /** Whether an instance has another function each time it is asked, as a Proxy may, so that none can be recognized. */
  readonly isUnstable: boolean;
}

/** The functions that instances have under the names of handlers, which may not be those of their prototypes. */
export class HandlerFunctions {
  readonly #wrappers = new Map<HandlerClass, InstanceWrapper[]>();

  /** @param discovery - Of the application. Its instances are read when they are asked for. */
  constructor(discovery: DiscoveryService) {
    for (const wrapper of [...discovery.getControllers(), ...discovery.getProviders()]) {
      const type = wrapper.metatype as HandlerClass | null;
      if (typeof type !== 'function') continue;
      const wrappers = this.#wrappers.get(type) ?? [];
      this.#wrappers.set(type, [...wrappers, wrapper]);
    }
  }

  /** What Nest calls for a method, on the instances that there are already. */
  of(controller: HandlerClass, methodName: string, method: HandlerMethod): CalledFunctions {
    const own = new Set<HandlerMethod>();
    let isUnstable = false;
    for (const wrapper of this.#wrappers.get(controller) ?? []) {
      if (!wrapper.isDependencyTreeStatic()) continue;
      const called = memberOf(wrapper.instance, methodName);
      if (typeof called !== 'function' || called === method) continue;
      if (called === memberOf(wrapper.instance, methodName)) own.add(called as HandlerMethod);
      else isUnstable = true;
    }
    return { own: [...own], isUnstable };
  }

  /** Whether Nest makes a controller for each request, whose functions can't be known at start. */
  isMadePerRequest(controller: HandlerClass): boolean {
    return (this.#wrappers.get(controller) ?? []).some((wrapper) => !wrapper.isDependencyTreeStatic());
  }

  /** The instance that Nest has made for a request, where it makes one for each. */
  instanceFor(request: unknown, controller: HandlerClass): unknown {
    const wrapper = (this.#wrappers.get(controller) ?? []).find((found) => !found.isDependencyTreeStatic());
    if (wrapper === undefined || typeof request !== 'object' || request === null) return undefined;
    const contextId = ContextIdFactory.getByRequest(request);
    const isTreeDurable = wrapper.isDependencyTreeDurable();
    // A durable controller is made for a tenant, by whose context ID it is kept.
    const own = contextId.getParent?.({ token: wrapper.token, isTreeDurable }) ?? contextId;
    return wrapper.getInstanceByContextId(own).instance as unknown;
  }

  /** What an instance has under a name; undefined where a getter fails, as what it would return is not known. */
  memberOf(instance: unknown, name: string): unknown {
    return memberOf(instance, name);
  }
}

function memberOf(instance: unknown, name: string): unknown {
  try {
    return typeof instance === 'object' && instance !== null ? Reflect.get(instance, name) : undefined;
  } catch {
    // A getter that fails: what it would return is not known.
    return undefined;
  }
}
