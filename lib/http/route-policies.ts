import { canonicalResourceId, type PolicyCatalogue } from '../policy/index.js';
import { AgreedCanonicalisers } from './agreed-canonicalisers.js';
import type { ApplicationPipes } from './bound-canonicaliser.js';
import type { RouteHandler } from './handler.js';
import type { HandlerClass, HandlerMethod } from './metadata.js';
import { resolveRoutePolicy } from './resolve-route-policy.js';
import type { RoutePolicy } from './route-policy.js';

/** A handler with its settled policy. */
export interface SettledRoute {
  readonly handler: RouteHandler;
  readonly route: RoutePolicy;
}

/**
 * The route policies of an application, settled together: the items of one policy ID have to be
 * spelt alike on all of its routes. Also what the application knows of its policy IDs.
 */
export class RoutePolicies implements PolicyCatalogue {
  #settled: Settled | undefined;
  #isComplete = false;
  // By handler, then by class: a handler that two controllers inherit is one function object.
  readonly #routes = new Map<HandlerMethod, Map<HandlerClass, RoutePolicy>>();

  /**
   * @param handlers - The application's handlers. Called anew until they are complete.
   * @param defaultTokenAccess - Whether tokens reach routes that say nothing of it.
   * @param pipes - What the application says of its pipes.
   */
  constructor(
    private readonly handlers: () => readonly RouteHandler[],
    private readonly defaultTokenAccess: () => boolean,
    private readonly pipes?: () => ApplicationPipes,
  ) {}

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

  /** The policy of a handler of a class. */
  of(controller: HandlerClass, method: HandlerMethod): RoutePolicy {
    return this.#routes.get(method)?.get(controller) ?? this.#add(controller, method);
  }

  #add(controller: HandlerClass, method: HandlerMethod): RoutePolicy {
    const settled = this.#settle();
    const known = this.#routes.get(method)?.get(controller);
    if (known !== undefined) return known;
    // A handler that no decorator the audit knows is on: nothing is known of the class, so its name is not relied on.
    const handler = {
      controller,
      method,
      methodName: method.name,
      paths: [],
      ownPaths: [],
      hasNamesake: true,
      context: 'http' as const,
    };
    const resolved = resolveRoutePolicy(handler, this.defaultTokenAccess(), this.pipes?.());
    const route = resolved.kind === 'item' ? settled.canonicalisers.settle(resolved) : resolved;
    this.#keep(handler, route);
    return route;
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
    const policyIds = new Set<string>();
    const routes = resolved.map(({ handler, route }) => {
      // A method that takes requests and messages is judged alike for both: as a route, which says more.
      const known = this.#routes.get(handler.method)?.get(handler.controller);
      if (known !== undefined) return { handler, route: known };
      if ('policyId' in route) policyIds.add(route.policyId);
      const settled = route.kind === 'item' ? canonicalisers.settle(route) : route;
      this.#keep(handler, settled);
      return { handler, route: settled };
    });
    const settled = { routes, policyIds: [...policyIds], canonicalisers };
    // Before, a global prefix may be missing, or versions: nothing of that is kept.
    if (this.#isComplete) this.#settled = settled;
    return settled;
  }

  #keep({ controller, method }: Pick<RouteHandler, 'controller' | 'method'>, route: RoutePolicy): void {
    const byClass = this.#routes.get(method) ?? new Map<HandlerClass, RoutePolicy>();
    this.#routes.set(method, byClass.set(controller, route));
  }
}

interface Settled {
  readonly routes: readonly SettledRoute[];
  readonly policyIds: readonly string[];
  readonly canonicalisers: AgreedCanonicalisers;
}
