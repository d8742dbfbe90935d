import type { RouteHandler } from './route-handler.js';
import {
  ACCESS_METADATA,
  decoratorMarks,
  type HandlerMethod,
  POLICY_ID_METADATA,
  RECHECK_METADATA,
  ROUTE_METADATA,
  SKIP_METADATA,
} from './metadata.js';

type Handler = Pick<RouteHandler, 'controller' | 'method' | 'methodName'>;

interface LimitingDecorator {
  readonly key: string;
  readonly name: string;
  /** Whether it limits with this value: another may be lost without harm. */
  limits(value: unknown): boolean;
}

const isWritten = (value: unknown): boolean => value !== undefined;
const isFalse = (value: unknown): boolean => value === false;

/** That a method is not skipped, though its class is. */
const UNSKIP: LimitingDecorator = {
  key: SKIP_METADATA,
  name: '@SkipApiTokenPolicy(false)',
  limits: isFalse,
};

/** That a policy is asked about a method, though its class is open to every valid token. */
const BY_POLICY: LimitingDecorator = {
  key: ACCESS_METADATA,
  name: '@ApiTokenAccess()',
  limits: (value) => value === true,
};

/** Everything but the guard by which a method limits what tokens may do. */
const LIMITS: readonly LimitingDecorator[] = [
  { key: ACCESS_METADATA, name: '@ApiTokenAccess(false)', limits: isFalse },
  { key: POLICY_ID_METADATA, name: '@PolicyId()', limits: isWritten },
  { key: RECHECK_METADATA, name: '@RecheckApiToken()', limits: isWritten },
];

/** What a handler asks of tokens: nothing, to be valid, or a policy that allows it. */
export type HandlerDemand = 'nothing' | 'validity' | 'policy';

/** What can have been limited that a handler is open to. */
const LIMITS_BY_DEMAND: Readonly<Record<HandlerDemand, readonly LimitingDecorator[]>> = {
  nothing: [UNSKIP],
  validity: [BY_POLICY, ...LIMITS],
  policy: LIMITS,
};

const NAMES: Readonly<Record<string, string>> = {
  [SKIP_METADATA]: '@SkipApiTokenPolicy()',
  [ACCESS_METADATA]: '@ApiTokenAccess()',
  [POLICY_ID_METADATA]: '@PolicyId()',
  [RECHECK_METADATA]: '@RecheckApiToken()',
};

/** The methods of base classes that a handler overrides, nearest first. Their decorators don't count for it. */
export function overriddenMethods(handler: Handler): HandlerMethod[] {
  return overridden(handler).map(({ method }) => method);
}

/** Whether a method or its class has a decorator of this package, or had one that a decorator above has lost. */
export function isDecorated({ controller, method, methodName }: Handler): boolean {
  const marks = ownerOf(controller.prototype as object, methodName);
  return (
    ROUTE_METADATA.some((key) => [method, controller].some((target) => Reflect.hasMetadata(key, target))) ||
    (marks !== null && Object.keys(decoratorMarks(marks, methodName)).length > 0)
  );
}

/** A decorator of this package on the method itself that a decorator above has lost, if there is one. */
export function replacedDecorator({ controller, method, methodName }: Handler): string | undefined {
  const prototype = ownerOf(controller.prototype as object, methodName);
  if (prototype === null) return undefined;
  const lost = Object.entries(decoratorMarks(prototype, methodName)).find(
    ([key, value]) => Reflect.getMetadata(key, method) !== value,
  );
  return lost && NAMES[lost[0]];
}

/**
 * The decorator that limits tokens on an overridden method and is not repeated on the handler, if there is one.
 */
export function lostDecorator(handler: Handler, demand: HandlerDemand): string | undefined {
  const methods = overridden(handler);
  return LIMITS_BY_DEMAND[demand].find(
    ({ key, limits }) =>
      !Reflect.hasMetadata(key, handler.method) &&
      !(key === RECHECK_METADATA && Reflect.hasMetadata(key, handler.controller)) &&
      // An override that says itself that no policy is asked needs no policy ID.
      !(
        key === POLICY_ID_METADATA &&
        demand === 'validity' &&
        Reflect.hasMetadata(ACCESS_METADATA, handler.method)
      ) &&
      methods.some(
        ({ prototype, method }) =>
          limits(Reflect.getMetadata(key, method)) ||
          limits(decoratorMarks(prototype, handler.methodName)[key]),
      ),
  )?.name;
}

function overridden({
  controller,
  method,
  methodName,
}: Handler): { prototype: object; method: HandlerMethod }[] {
  const found: { prototype: object; method: HandlerMethod }[] = [];
  let prototype = Object.getPrototypeOf(controller.prototype) as object | null;
  while (prototype !== null && prototype !== Object.prototype) {
    const own: unknown = Object.getOwnPropertyDescriptor(prototype, methodName)?.value;
    if (typeof own === 'function' && own !== method) found.push({ prototype, method: own as HandlerMethod });
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return found;
}

/** The prototype that a method stands on. */
function ownerOf(prototype: object, methodName: string): object | null {
  let owner: object | null = prototype;
  while (owner !== null && !Object.hasOwn(owner, methodName))
    owner = Object.getPrototypeOf(owner) as object | null;
  return owner;
}
