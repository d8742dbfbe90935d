import type { CanActivate, Type } from '@nestjs/common';
import { ApiTokenPolicyGuard } from '../guards/api-token-policy.guard.js';
import type { RouteHandler } from '../routes/route-handler.js';
import { injectedDependencies } from '../utils/injected-dependencies.js';
import type { ApiTokenRoute } from './api-token-route.js';

/** A guard as Nest knows it: a class, or an instance. */
type BoundGuard = unknown;

type GuardClass = Type<CanActivate>;

type Handler = Pick<RouteHandler, 'controller' | 'method'>;

/** Tells the policy guard among the guards of an application. */
export class BoundGuards {
  /**
   * @param globalGuards - The guards that are bound to the whole application.
   * @param standIn - What the application has in place of the policy guard: in a test it may be anything.
   * @param compositeGuards - Guards that call the policy guard in a way that can't be seen.
   */
  constructor(
    private readonly globalGuards: readonly BoundGuard[],
    private readonly standIn: object,
    private readonly compositeGuards: readonly GuardClass[],
  ) {}

  /**
   * The names of the guards of a handler, in the order in which Nest runs them.
   *
   * @param areGlobalOnesReached - Whether the global guards run for it.
   */
  namesOf(handler: Handler, areGlobalOnesReached: boolean): string[] {
    return this.#guardsOf(handler, areGlobalOnesReached).map(nameOf);
  }

  /**
   * Whether a handler has a guard that is not the policy guard itself: it may reject what the policy guard lets pass.
   *
   * @param areGlobalOnesReached - Whether the global guards run for it.
   */
  areThereOthersOn(handler: Handler, areGlobalOnesReached: boolean): boolean {
    return this.#guardsOf(handler, areGlobalOnesReached).some(
      (guard) =>
        guard !== this.standIn && guard !== ApiTokenPolicyGuard && classOf(guard) !== ApiTokenPolicyGuard,
    );
  }

  /**
   * Whether the policy guard is bound to a handler.
   *
   * @param areGlobalOnesReached - Whether the global guards run for it.
   */
  stateOn({ controller, method }: Handler, areGlobalOnesReached: boolean): ApiTokenRoute['guard'] {
    const { compositeGuards } = this;
    if ([controller, method].some((target) => isPolicyGuardOn(target, compositeGuards))) return 'bound';
    const isGlobal = this.globalGuards.some(
      (guard) => guard === this.standIn || isPolicyGuard(guard, compositeGuards),
    );
    if (!isGlobal) return 'missing';
    return areGlobalOnesReached ? 'bound' : 'out-of-reach';
  }

  #guardsOf({ controller, method }: Handler, areGlobalOnesReached: boolean): BoundGuard[] {
    const globalGuards = areGlobalOnesReached ? this.globalGuards : [];
    return [...globalGuards, ...guardsOn(controller), ...guardsOn(method)];
  }
}

/**
 * Whether the policy guard is bound to a class or a method with `@UseGuards`.
 *
 * @param compositeGuards - Guards that call the policy guard in a way that can't be seen.
 */
export function isPolicyGuardOn(target: object, compositeGuards: readonly GuardClass[]): boolean {
  return guardsOn(target).some((guard) => isPolicyGuard(guard, compositeGuards));
}

/** The guards on a class or a method. */
export function guardsOn(target: object): readonly BoundGuard[] {
  return (Reflect.getMetadata('__guards__', target) ?? []) as readonly BoundGuard[];
}

function isPolicyGuard(guard: BoundGuard, compositeGuards: readonly GuardClass[]): boolean {
  const type = classOf(guard);
  return type !== undefined && asksOneOf(type, new Set<object>([ApiTokenPolicyGuard, ...compositeGuards]));
}

function classOf(guard: BoundGuard): GuardClass | undefined {
  if (typeof guard === 'function') return guard as GuardClass;
  return typeof guard === 'object' && guard !== null ? (guard.constructor as GuardClass) : undefined;
}

/**
 * Whether a guard is one of some guards, extends one, or is given one by Nest, also by way of a guard that it is given.
 *
 * @param asked - The guards that it was asked of: two may be given each other.
 */
function asksOneOf(type: GuardClass, known: ReadonlySet<object>, asked = new Set<object>()): boolean {
  if (asked.has(type)) return false;
  asked.add(type);
  for (
    let current: object | null = type;
    current !== null;
    current = Object.getPrototypeOf(current) as object | null
  ) {
    if (known.has(current)) return true;
  }
  return injectedDependencies(type).some(
    (dependency) => isGuardClass(dependency) && asksOneOf(dependency, known, asked),
  );
}

function isGuardClass(value: unknown): value is GuardClass {
  if (typeof value !== 'function') return false;
  const prototype: unknown = value.prototype;
  return typeof prototype === 'object' && prototype !== null && 'canActivate' in prototype;
}

function nameOf(guard: BoundGuard): string {
  return classOf(guard)?.name ?? String(guard);
}
