import { isDeepStrictEqual } from 'node:util';
import type { ExecutionContext } from '@nestjs/common';
import { canonicalResourceId, type PolicyCatalog } from '../policy/index.js';
import { AgreedCanonicalizers } from './agreed-canonicalizers.js';
import type { ApplicationPipes } from './bound-canonicalizer.js';
import type { HandlerDiscovery } from './handler-discovery.js';
import type { RouteHandler } from './route-handler.js';
import { type HandlerFunctions, markedNames, markHandler } from './handler-functions.js';
import {
  type HandlerClass,
  type HandlerMethod,
  POLICY_ID_METADATA,
  type PolicyIdMetadata,
  ROUTE_METADATA,
  routeMetadata,
} from './metadata.js';
import { type ResolvedRoute, resolveRouteDeclaration } from './resolve-route-declaration.js';
import type { RouteDeclaration, RouteProblem } from './route-declaration.js';

/** A handler with its route declaration. */
export interface RegisteredRoute {
  readonly handler: RouteHandler;
  readonly route: RouteDeclaration;
  /** The functions that Nest may call for it: that of the prototype, and those of instances. */
  readonly functions: readonly HandlerMethod[];
  /** Whether Nest makes its controller for each request, whose functions can't be known at start. */
  readonly isMadePerRequest: boolean;
}

/**
 * The route declarations of an application, resolved together: the items of one policy ID have to be spelled alike on all
 * of its routes. Also what the application knows of its policy IDs.
 */
export class RouteRegistry implements PolicyCatalog {
  #resolved: Resolved | undefined;
  #isComplete = false;
  // By function, then by class: a handler that two controllers inherit is one function object.
  readonly #routes = new Map<HandlerMethod, Map<HandlerClass, RouteDeclaration>>();

  /**
   * @param discovery - Finds the application's handlers. Asked anew until they are complete.
   * @param defaultTokenAccess - Whether tokens reach routes that say nothing of it.
   * @param knownPipes - Pipes that leave IDs as they are.
   */
  constructor(
    private readonly discovery: Pick<HandlerDiscovery, 'handlers' | 'functions' | 'globalPipes'>,
    private readonly defaultTokenAccess: boolean,
    private readonly knownPipes: ApplicationPipes['known'],
  ) {}

  /** Reads the handlers once more, and from now on no more: the application is initialized. */
  complete(): void {
    this.#isComplete = true;
    this.#resolved = undefined;
  }

  /** Every handler of the application. */
  get all(): readonly RegisteredRoute[] {
    return this.#resolve().routes;
  }

  get policyIds(): readonly string[] {
    return this.#resolve().policyIds;
  }

  canonicalResourceId(policyId: string, resourceId: string): string | null {
    return canonicalResourceId(this.#resolve().canonicalizers.of(policyId), resourceId);
  }

  /** Marks what the instances have in place of their prototypes' methods, before Nest registers it. */
  markInstances(): void {
    this.#resolve();
  }

  /**
   * The declaration of the handler that a request or a message is for. It is recognized by the function itself, by the mark on
   * it, or on the controller that was made for this request, and never by a name: names of functions are not reliable.
   *
   * @returns Undefined where the handler is none that the application has declared.
   */
  of(context: ExecutionContext): RouteDeclaration | undefined {
    const method = context.getHandler();
    return this.#routes.get(method)?.get(context.getClass()) ?? this.#find(context, method);
  }

  #find(context: ExecutionContext, method: HandlerMethod): RouteDeclaration | undefined {
    const controller = context.getClass();
    const { byName, functions } = this.#resolve();
    const declared = byName.get(controller);
    if (declared === undefined) return undefined;
    const marked = markedNames(method, controller).filter((name) => declared.has(name));
    if (!functions.isMadePerRequest(controller)) return onlyOne(marked, declared);
    // Its constructor may have put one handler in the place of another: what counts is the instance of this request.
    const instance = functions.instanceFor(context.getArgByIndex(0), controller);
    const names = [...declared.keys()];
    const found = names.filter((name) => functions.memberOf(instance, name) === method);
    if (found.length > 0) return onlyOne(found, declared);
    const isUnchanged = (name: string): boolean =>
      functions.memberOf(instance, name) === functions.memberOf(controller.prototype, name);
    return marked.every(isUnchanged) ? onlyOne(marked, declared) : undefined;
  }

  #resolve(): Resolved {
    if (this.#resolved !== undefined) return this.#resolved;
    const pipes = { everywhere: this.discovery.globalPipes(), known: this.knownPipes };
    this.#routes.clear();
    const resolved = this.discovery.handlers().map((handler) => ({
      handler,
      route: resolveRouteDeclaration(handler, this.defaultTokenAccess, pipes),
    }));
    const canonicalizers = new AgreedCanonicalizers(
      resolved.flatMap(({ route }) => (route.kind === 'item' ? [route] : [])),
    );
    const functions = this.discovery.functions();
    const policyIds = new Set<string>();
    const byName = new Map<HandlerClass, Map<string, RouteDeclaration>>();
    const called = resolved.map(({ handler, route }) => {
      const { controller, methodName, method } = handler;
      const { own, isUnstable } = functions.of(controller, methodName, method);
      for (const found of own) markHandler(found, controller, methodName);
      const declared = byName.get(controller) ?? new Map<string, RouteDeclaration>();
      byName.set(controller, declared);
      // A method that takes requests and messages is authorized alike for both: as a route, which says more.
      if (!declared.has(methodName)) {
        const agreed = route.kind === 'item' ? canonicalizers.agree(route) : route;
        declared.set(methodName, replacement(handler, own, isUnstable) ?? agreed);
      }
      const policyId = policyIdOf(handler, route);
      if (policyId !== undefined) policyIds.add(policyId);
      return {
        handler,
        functions: [method, ...own],
        isMadePerRequest: functions.isMadePerRequest(controller),
      };
    });
    for (const { handler, functions: methods, isMadePerRequest } of called) {
      const declared = byName.get(handler.controller)!;
      if (isMadePerRequest) continue;
      for (const method of methods) joinNames(markedNames(method, handler.controller), declared);
    }
    const routes = called.map((found) => ({
      ...found,
      route: byName.get(found.handler.controller)!.get(found.handler.methodName)!,
    }));
    for (const found of routes) if (!found.isMadePerRequest) this.#keep(found);
    const all = { routes, policyIds: [...policyIds], canonicalizers, functions, byName };
    // Before, a global prefix may be missing, or versions: nothing of that is kept.
    if (this.#isComplete) this.#resolved = all;
    return all;
  }

  #keep({ handler: { controller }, functions, route }: RegisteredRoute): void {
    for (const method of functions) {
      const byClass = this.#routes.get(method) ?? new Map<HandlerClass, RouteDeclaration>();
      this.#routes.set(method, byClass.set(controller, route));
    }
  }
}

/**
 * Gives the names of one function one route: it does not say under which of them it is called. That counts the names that
 * it had when Nest registered it.
 */
function joinNames(marked: readonly string[], declared: Map<string, RouteDeclaration>): void {
  const names = marked.filter((name) => declared.has(name));
  if (names.length < 2) return;
  const [first, ...others] = names.map((name) => declared.get(name)!) as [
    RouteDeclaration,
    ...RouteDeclaration[],
  ];
  const route = others.every((other) => isDeepStrictEqual(other, first)) ? first : ambiguous(names);
  for (const name of names) declared.set(name, route);
}

/** The route of some names, where all of them have the same. */
function onlyOne(
  names: readonly string[],
  declared: ReadonlyMap<string, RouteDeclaration>,
): RouteDeclaration | undefined {
  const [first, ...others] = names.map((name) => declared.get(name));
  return others.every((route) => route === first) ? first : undefined;
}

/** What is wrong where Nest calls something that does not say what the method of the class says. */
function replacement(
  { controller, method }: RouteHandler,
  own: readonly HandlerMethod[],
  isUnstable: boolean,
): RouteDeclaration | undefined {
  if ((controller.prototype as object).constructor !== controller) {
    return problem(
      'CLASS_REPLACED',
      `a decorator has replaced the class ${controller.name} by something that its instances are not of, such as a Proxy, so ` +
        'that requests for them can not be recognized. Let the decorator return a class that extends it.',
    );
  }
  if (isUnstable) {
    return problem(
      'HANDLER_REPLACED',
      'the controller has another function under this name each time it is asked, as a Proxy may, so that requests for it ' +
        'can not be recognized. Let it return the same function.',
    );
  }
  if (own.every((called) => saysTheSame(called, method))) return undefined;
  return problem(
    'HANDLER_REPLACED',
    'the instance has another function in its place, with other decorators than the method. Write the decorators on the ' +
      'method.',
  );
}

/** Whether a function that is called in place of a method has none of the method's decorators of this package, or the same. */
function saysTheSame(called: HandlerMethod, method: HandlerMethod): boolean {
  return ROUTE_METADATA.every(
    (key) =>
      !Reflect.hasMetadata(key, called) ||
      Reflect.getMetadata(key, called) === Reflect.getMetadata(key, method),
  );
}

function problem(code: RouteProblem['code'], message: string): RouteDeclaration {
  return { kind: 'misconfigured', problems: [{ code, message }] };
}

function ambiguous(names: readonly string[]): RouteDeclaration {
  const message =
    `one function is the handler ${names.join(' and the handler ')}, and their decorators differ. Give each a function of ` +
    'its own, or the same decorators.';
  return problem('HANDLER_AMBIGUOUS', message);
}

interface Resolved {
  readonly routes: readonly RegisteredRoute[];
  readonly policyIds: readonly string[];
  readonly canonicalizers: AgreedCanonicalizers;
  readonly functions: HandlerFunctions;
  readonly byName: ReadonlyMap<HandlerClass, ReadonlyMap<string, RouteDeclaration>>;
}

/** Also of a route whose item can't be told, perhaps as its path is not complete yet: policies may speak of its resource. */
function policyIdOf({ controller, method }: RouteHandler, route: ResolvedRoute): string | undefined {
  if ('policyId' in route) return route.policyId;
  const isNamed =
    route.kind === 'misconfigured' && route.problems.every(({ code }) => code === 'RESOURCE_ID_PARAMETER');
  return isNamed
    ? routeMetadata<PolicyIdMetadata>(POLICY_ID_METADATA, controller, method)?.policyId
    : undefined;
}
