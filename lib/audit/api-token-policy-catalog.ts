import { type CanActivate, RequestMethod, type Type } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { ApiTokenPolicyGuard } from '../guards/api-token-policy.guard.js';
import type { HandlerMethod } from '../routes/metadata.js';
import { RouteRegistry } from '../routes/route-registry.js';
import type { PolicyCatalog } from '../policy/index.js';
import type { ApiTokenRoute } from './api-token-route.js';
import { applicationConfiguration } from '../routes/application-configuration.js';
import { BoundGuards } from './bound-guards.js';
import { GlobalGuardReach } from './global-guard-reach.js';

/**
 * What an application's routes are in policies. Policies are checked against it when they are written; use it to offer
 * the policy IDs to choose from, or to check policies with `parseTokenPolicy(input, { catalog })`.
 *
 * @example
 * ```ts
 * for (const { method, paths, policy } of catalog.routes) console.log(method, paths, policy);
 * ```
 */
export class ApiTokenPolicyCatalog implements PolicyCatalog {
  // Private to inspection too: whoever logs the catalog shall not be shown the application, with its peppers.
  readonly #moduleRef: ModuleRef;
  readonly #host: HttpAdapterHost;
  readonly #registry: RouteRegistry;
  readonly #compositeGuards: readonly Type<CanActivate>[];
  #routes: readonly ApiTokenRoute[] | undefined;

  /** @internal */
  constructor(
    moduleRef: ModuleRef,
    host: HttpAdapterHost,
    registry: RouteRegistry,
    compositeGuards: readonly Type<CanActivate>[],
  ) {
    this.#moduleRef = moduleRef;
    this.#host = host;
    this.#registry = registry;
    this.#compositeGuards = compositeGuards;
  }

  /** Every policy ID that a route has. */
  get policyIds(): readonly string[] {
    return this.#registry.policyIds;
  }

  /**
   * Every handler of the application. Complete when the application is initialized: what is read before may lack its
   * global prefix, its versions and its global guards.
   */
  get routes(): readonly ApiTokenRoute[] {
    return this.#routes ?? this.#read();
  }

  /** @internal Reads the routes once more, and from now on no more. */
  complete(): void {
    this.#registry.complete();
    this.#routes = this.#read();
  }

  /** The one spelling of an item's ID in policies, or null where it is no ID of this resource. */
  canonicalResourceId(policyId: string, resourceId: string): string | null {
    return this.#registry.canonicalResourceId(policyId, resourceId);
  }

  #read(): ApiTokenRoute[] {
    const globalGuards = applicationConfiguration(this.#moduleRef).getGlobalGuards();
    const standIn = this.#moduleRef.get(ApiTokenPolicyGuard, { strict: false });
    const guards = new BoundGuards(globalGuards, standIn, this.#compositeGuards);
    const reach = new GlobalGuardReach(this.#host);
    return this.#registry.all.map(({ handler, route, functions, isMadePerRequest }) => {
      const { controller, method, methodName, context, paths, versions } = handler;
      const isReached = reach.includes(context);
      return {
        controller,
        handler: methodName,
        context,
        method: declaredMethod(method),
        paths,
        versions,
        guards: guards.namesOf(handler, isReached),
        hasOtherGuards: guards.areThereOthersOn(handler, isReached),
        guard: handler.isBeyondGuards
          ? 'out-of-reach'
          : functions
              .map((called) => guards.stateOn({ controller, method: called }, isReached))
              .reduce((one, other) => (other === 'missing' ? other : one)),
        functions,
        mayLoseGuard:
          isMadePerRequest && guards.stateOn({ controller, method: undecorated }, isReached) === 'missing',
        policy: route,
      };
    });
  }
}

/** A method of which nothing is known. */
const undecorated: HandlerMethod = () => undefined;

function declaredMethod(method: HandlerMethod): string | null {
  const declared = Reflect.getMetadata('method', method) as RequestMethod | undefined;
  return declared === undefined ? null : RequestMethod[declared];
}
