import { isDeepStrictEqual } from 'node:util';
import type { ExecutionContext } from '@nestjs/common';
import { canonicalResourceId, type PolicyCatalogue } from '../policy/index.js';
import { AgreedCanonicalisers } from './agreed-canonicalisers.js';
import type { ApplicationPipes } from './bound-canonicaliser.js';
import type { RouteHandler } from './handler.js';
import { type HandlerFunctions, markedNames, markHandler } from './handler-functions.js';
import {
  type HandlerClass,
  type HandlerMethod,
  POLICY_ID_METADATA,
  type PolicyIdMetadata,
  routeMetadata,
} from './metadata.js';
import { type ResolvedRoute, resolveRoutePolicy } from './resolve-route-policy.js';
import type { RoutePolicy } from './route-policy.js';

/** A handler with its settled policy. */
export interface SettledRoute {
  readonly handler: RouteHandler;
  readonly route: RoutePolicy;
  /** The functions that Nest may call for it: that of the prototype, and those of instances. */
  readonly functions: readonly HandlerMethod[];
  /** Whether Nest makes its controller for each request, whose functions can't be known at start. */
  readonly isMadePerRequest: boolean;
}

/**
 * The route policies of an application, settled together: the items of one policy ID have to be
 * spelt alike on all of its routes. Also what the application knows of its policy IDs.
 */
export class RoutePolicies implements PolicyCatalogue {
  #settled: Settled | undefined;
  #isComplete = false;
  // By function, then by class: a handler that two controllers inherit is one function object.
  readonly #routes = new Map<HandlerMethod, Map<HandlerClass, NamedRoute>>();
  readonly #functions: () => HandlerFunctions;

  /**
   * @param handlers - The application's handlers. Called anew until they are complete.
   * @param defaultTokenAccess - Whether tokens reach routes that say nothing of it.
   * @param functions - What its instances have under the names of handlers. Read anew with the handlers.
   * @param pipes - What the application says of its pipes.
   */
  constructor(
    private readonly handlers: () => readonly RouteHandler[],
    private readonly defaultTokenAccess: () => boolean,
    functions: () => HandlerFunctions,
    private readonly pipes?: () => ApplicationPipes,
  ) {
    this.#functions = functions;
    // Before anything replaces a method by a function of its own, which has its metadata and not its identity.
    for (const { controller, method, methodName } of handlers()) markHandler(method, controller, methodName);
  }

  /** Reads the handlers once more, and from now on no more: the application is initialised. */
  complete(): void {
    this.#isComplete = true;
    this.#settled = undefined;
  }

  /** Every handler of the application. */
  get all(): readonly SettledRoute[] {
    return this.#settle().routes;
  }

  get policyIds(): readonly string[] {
    return this.#settle().policyIds;
  }

  canonicalResourceId(policyId: string, resourceId: string): string | null {
    return canonicalResourceId(this.#settle().canonicalisers.of(policyId), resourceId);
  }

  /** Marks what the instances have in place of their prototypes' methods, before Nest registers it. */
  markInstances(): void {
    this.#settle();
  }

  /**
   * The policy of the handler that a request or a message is for. It is recognized by the function itself, by the mark on
   * it, or on the controller that was made for this request, and never by a name: names of functions are not reliable.
   *
   * @returns Undefined where the handler is none that the application has declared.
   */
  of(context: ExecutionContext): RoutePolicy | undefined {
    const method = context.getHandler();
    return this.#routes.get(method)?.get(context.getClass())?.route ?? this.#find(context, method);
  }

  #find(context: ExecutionContext, method: HandlerMethod): RoutePolicy | undefined {
    const controller = context.getClass();
    const { byName, functions } = this.#settle();
    const known = this.#routes.get(method)?.get(controller);
    if (known !== undefined) return known.route;
    const declared = byName.get(controller);
    if (declared === undefined) return undefined;
    const marked = markedNames(method, controller).map((name) => declared.get(name));
    const [first] = marked;
    // One function that is two handlers is found by its mark under both names.
    if (first !== undefined) return marked.every((route) => route === first) ? first : undefined;
    const name = functions.nameOn(context.getArgByIndex(0), controller, method, [...declared.keys()]);
    return name === undefined ? undefined : declared.get(name);
  }

  #settle(): Settled {
    if (this.#settled !== undefined) return this.#settled;
    const pipes = this.pipes?.();
    this.#routes.clear();
    const resolved = this.handlers().map((handler) => ({
      handler,
      route: resolveRoutePolicy(handler, this.defaultTokenAccess(), pipes),
    }));
    const canonicalisers = new AgreedCanonicalisers(
      resolved.flatMap(({ route }) => (route.kind === 'item' ? [route] : [])),
    );
    const functions = this.#functions();
    const policyIds = new Set<string>();
    const routes = resolved.map(({ handler, route }) => {
      const { own, isUnstable } = functions.of(handler.controller, handler.methodName, handler.method);
      const settled = isUnstable ? UNSTABLE : route.kind === 'item' ? canonicalisers.settle(route) : route;
      for (const method of own) markHandler(method, handler.controller, handler.methodName);
      const kept = [handler.method, ...own].map((method) => this.#keep({ ...handler, method }, settled));
      const kind = kept.find(({ kind: found }) => found === 'unsettled') ?? kept[0] ?? settled;
      const policyId = policyIdOf(handler, route);
      if (policyId !== undefined) policyIds.add(policyId);
      const isMadePerRequest = functions.isMadePerRequest(handler.controller);
      return { handler, route: kind, functions: [handler.method, ...own], isMadePerRequest };
    });
    const byName = new Map<HandlerClass, Map<string, RoutePolicy>>();
    for (const { handler, route } of routes) {
      const ofClass = byName.get(handler.controller) ?? new Map<string, RoutePolicy>();
      byName.set(handler.controller, ofClass.set(handler.methodName, route));
    }
    const all = { routes, policyIds: [...policyIds], canonicalisers, functions, byName };
    // Before, a global prefix may be missing, or versions: nothing of that is kept.
    if (this.#isComplete) this.#settled = all;
    return all;
  }

  /** @returns What is kept of a function: the same where it is a handler twice, of requests and of messages for example. */
  #keep({ controller, method, methodName }: RouteHandler, route: RoutePolicy): RoutePolicy {
    const byClass = this.#routes.get(method) ?? new Map<HandlerClass, NamedRoute>();
    const known = byClass.get(controller);
    const kept =
      known === undefined
        ? { methodName, route }
        : known.methodName === methodName || isDeepStrictEqual(known.route, route)
          ? known
          : { methodName, route: ambiguous(known.methodName, methodName) };
    this.#routes.set(method, byClass.set(controller, kept));
    return kept.route;
  }
}

/** A route of a function, with the name of the method. */
interface NamedRoute {
  readonly methodName: string;
  readonly route: RoutePolicy;
}

const UNSTABLE: RoutePolicy = {
  kind: 'unsettled',
  problems: [
    {
      code: 'HANDLER_UNKNOWN',
      message:
        'the controller has another function under this name each time it is asked, as a Proxy may, so that requests for it ' +
        'can not be recognized. Let it return the same function.',
    },
  ],
};

function ambiguous(one: string, other: string): RoutePolicy {
  const message =
    `one function is the handler ${one} and the handler ${other}, and their decorators differ. Give each a function of ` +
    'its own, or the same decorators.';
  return { kind: 'unsettled', problems: [{ code: 'HANDLER_AMBIGUOUS', message }] };
}

interface Settled {
  readonly routes: readonly SettledRoute[];
  readonly policyIds: readonly string[];
  readonly canonicalisers: AgreedCanonicalisers;
  readonly functions: HandlerFunctions;
  readonly byName: ReadonlyMap<HandlerClass, ReadonlyMap<string, RoutePolicy>>;
}

/** Also of a route whose item can't be told, perhaps as its path is not complete yet: policies may speak of its resource. */
function policyIdOf({ controller, method }: RouteHandler, route: ResolvedRoute): string | undefined {
  if ('policyId' in route) return route.policyId;
  const isNamed =
    route.kind === 'unsettled' && route.problems.every(({ code }) => code === 'RESOURCE_ID_PARAMETER');
  return isNamed
    ? routeMetadata<PolicyIdMetadata>(POLICY_ID_METADATA, controller, method)?.policyId
    : undefined;
}
