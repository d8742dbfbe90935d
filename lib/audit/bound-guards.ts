import { ApiTokenPolicyGuard } from '../guards/api-token-policy.guard.js';
import type { RouteHandler } from '../http/handler.js';
import type { ApiTokenRoute } from './api-token-route.js';

/** A guard as Nest knows it: a class, or an instance. */
type BoundGuard = unknown;

type Handler = Pick<RouteHandler, 'controller' | 'method'>;

/** Tells the policy guard among the guards of an application. */
export class BoundGuards {
  /**
   * @param globalGuards - The guards that are bound to the whole application.
   * @param standIn - What the application has in place of the policy guard: in a test it may be anything.
   */
  constructor(
    private readonly globalGuards: readonly BoundGuard[],
    private readonly standIn: object,
  ) {}

  /**
   * The names of the guards of a handler, in the order in which Nest runs them.
   *
   * @param areGlobalOnesReached - Whether the global guards run for it.
   */
  namesOf({ controller, method }: Handler, areGlobalOnesReached: boolean): string[] {
    const globalGuards = areGlobalOnesReached ? this.globalGuards : [];
    return [...globalGuards, ...guardsOn(controller), ...guardsOn(method)].map(nameOf);
  }

  /**
   * Whether the policy guard is bound to a handler.
   *
   * @param areGlobalOnesReached - Whether the global guards run for it.
   */
  stateOn({ controller, method }: Handler, areGlobalOnesReached: boolean): ApiTokenRoute['guard'] {
    if (isPolicyGuardOn(controller) || isPolicyGuardOn(method)) return 'bound';
    if (!this.globalGuards.some((guard) => guard === this.standIn || isPolicyGuard(guard))) return 'missing';
    return areGlobalOnesReached ? 'bound' : 'out-of-reach';
  }
}

/** Whether the policy guard is bound to a class or a method with `@UseGuards`. */
export function isPolicyGuardOn(target: object): boolean {
  return guardsOn(target).some(isPolicyGuard);
}

function isPolicyGuard(guard: BoundGuard): boolean {
  if (typeof guard === 'function') return isPolicyGuardClass(guard) || takesPolicyGuard(guard);
  if (typeof guard !== 'object' || guard === null) return false;
  return guard instanceof ApiTokenPolicyGuard || takesPolicyGuard(guard.constructor);
}

function guardsOn(target: object): readonly BoundGuard[] {
  return (Reflect.getMetadata('__guards__', target) ?? []) as readonly BoundGuard[];
}

function isPolicyGuardClass(type: unknown): boolean {
  return (
    typeof type === 'function' &&
    (type === ApiTokenPolicyGuard || type.prototype instanceof ApiTokenPolicyGuard)
  );
}

/** A guard of the application that asks the policy guard, such as one that takes a session or a token. */
function takesPolicyGuard(type: object): boolean {
  const dependencies = (Reflect.getMetadata('design:paramtypes', type) ?? []) as readonly unknown[];
  return dependencies.some(isPolicyGuardClass);
}

function nameOf(guard: BoundGuard): string {
  if (typeof guard === 'function') return guard.name;
  return typeof guard === 'object' && guard !== null ? guard.constructor.name : String(guard);
}
