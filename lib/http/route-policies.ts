import { type Canonicaliser, canonicalResourceId, type PolicyCatalogue } from '../policy/index.js';
import { canonicaliserName } from './canonicaliser-name.js';
import type { RouteHandler } from './handler.js';
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
   */
  constructor(
    private readonly handlers: () => readonly RouteHandler[],
    private readonly defaultTokenAccess: () => boolean,
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
    return canonicalResourceId(this.#settle().canonicalisers.get(policyId) ?? 'exact', resourceId);
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
    const handler = { controller, method, methodName: method.name, paths: [], hasNamesake: true };
    const route = withCanonicaliser(
      resolveRoutePolicy(handler, this.defaultTokenAccess()),
      settled.canonicalisers,
    );
    this.#keep(handler, route);
    return route;
  }

  #settle(): Settled {
    if (this.#settled !== undefined) return this.#settled;
    this.#routes.clear();
    const resolved = this.handlers().map((handler) => ({
      handler,
      route: resolveRoutePolicy(handler, this.defaultTokenAccess()),
    }));
    const { canonicalisers, problems } = agreedCanonicalisers(resolved.map(({ route }) => route));
    const policyIds = new Set<string>();
    const routes = resolved.map(({ handler, route }) => {
      // A method that takes requests and messages is judged alike for both: as a route, which says more.
      const known = this.#routes.get(handler.method)?.get(handler.controller);
      if (known !== undefined) return { handler, route: known };
      const policyId = policyIdOf(handler, route);
      if (policyId !== undefined) policyIds.add(policyId);
      const problem = route.kind === 'item' ? problems.get(route.policyId) : undefined;
      const settled: RoutePolicy =
        problem === undefined
          ? withCanonicaliser(route, canonicalisers)
          : { kind: 'unsettled', problems: [{ code: 'CANONICALISERS_DISAGREE', message: problem }] };
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
  readonly canonicalisers: ReadonlyMap<string, Canonicaliser>;
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

function withCanonicaliser(route: ResolvedRoute, agreed: ReadonlyMap<string, Canonicaliser>): RoutePolicy {
  if (route.kind !== 'item') return route;
  return { ...route, canonicaliser: route.canonicaliser ?? agreed.get(route.policyId) ?? 'exact' };
}

function agreedCanonicalisers(routes: readonly ResolvedRoute[]): {
  canonicalisers: Map<string, Canonicaliser>;
  problems: Map<string, string>;
} {
  const canonicalisers = new Map<string, Canonicaliser>();
  const problems = new Map<string, string>();
  for (const route of routes) {
    if (route.kind !== 'item' || route.canonicaliser === undefined) continue;
    const { policyId, canonicaliser } = route;
    const agreed = canonicalisers.get(policyId);
    if (agreed === undefined) canonicalisers.set(policyId, canonicaliser);
    else if (agreed !== canonicaliser) problems.set(policyId, disagreement(policyId, agreed, canonicaliser));
  }
  return { canonicalisers, problems };
}

function disagreement(policyId: string, one: Canonicaliser, other: Canonicaliser): string {
  const names = [one, other].map(canonicaliserName);
  return (
    `the routes of policy ID "${policyId}" spell their items in two ways (${names.join(', ')}), so that one item would ` +
    `have two IDs. Bind the parameter with the same pipe everywhere, or write @PolicyId('${policyId}', { canonical: ... }).`
  );
}
