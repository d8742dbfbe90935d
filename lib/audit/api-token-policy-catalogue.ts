import { Injectable, RequestMethod } from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { ApiTokenPolicyGuard } from '../guards/api-token-policy.guard.js';
import type { RouteHandler } from '../http/handler.js';
import { RoutePolicies, type SettledRoute } from '../http/route-policies.js';
import type { PolicyCatalogue } from '../policy/index.js';
import type { ApiTokenRoute } from './api-token-route.js';
import { applicationConfiguration } from './application-configuration.js';
import { BoundGuards } from './bound-guards.js';
import { type MessageHandler, messageHandlers } from './message-handlers.js';

/**
 * What an application's routes are in policies. Policies are checked against it when they are written; use it to offer
 * the policy IDs to choose from, or to check policies with `parseTokenPolicy(input, { catalogue })`.
 *
 * @example
 * ```ts
 * for (const { method, paths, policy } of catalogue.routes) console.log(method, paths, policy);
 * ```
 */
@Injectable()
export class ApiTokenPolicyCatalogue implements PolicyCatalogue {
  #routes: readonly ApiTokenRoute[] | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly moduleRef: ModuleRef,
    private readonly host: HttpAdapterHost,
    private readonly policies: RoutePolicies,
  ) {}

  /** Every policy ID that a route has. */
  get policyIds(): readonly string[] {
    return this.policies.policyIds;
  }

  /** Every handler of the application: complete when its modules are initialised. */
  get routes(): readonly ApiTokenRoute[] {
    return (this.#routes ??= this.#read());
  }

  /** The one spelling of an item's ID in policies, or null where it is no ID of this resource. */
  canonicalResourceId(policyId: string, resourceId: string): string | null {
    return this.policies.canonicalResourceId(policyId, resourceId);
  }

  #read(): ApiTokenRoute[] {
    const globalGuards = applicationConfiguration(this.moduleRef).getGlobalGuards();
    const guards = new BoundGuards(globalGuards, this.moduleRef.get(ApiTokenPolicyGuard, { strict: false }));
    return [
      ...this.policies.all.map((settled) => httpRoute(settled, guards)),
      ...messageHandlers(this.discovery).map((handler) => this.#messageRoute(handler, guards)),
    ];
  }

  #messageRoute(handler: MessageHandler, guards: BoundGuards): ApiTokenRoute {
    const { context, controller, method, methodName } = handler;
    // A microservice that is connected to an HTTP application has global guards of its own.
    const isReached = context !== 'rpc' || !this.host.httpAdapter;
    return {
      controller,
      handler: methodName,
      context,
      method: null,
      paths: [],
      versions: [],
      guards: guards.namesOf(handler, isReached),
      guard: guards.stateOn(handler, isReached),
      policy: this.policies.of(controller, method),
    };
  }
}

function httpRoute({ handler, route }: SettledRoute, guards: BoundGuards): ApiTokenRoute {
  const { controller, methodName, paths, versions } = handler;
  return {
    controller,
    handler: methodName,
    context: 'http',
    method: methodOf(handler),
    paths,
    versions,
    guards: guards.namesOf(handler, true),
    guard: guards.stateOn(handler, true),
    policy: route,
  };
}

function methodOf({ method }: RouteHandler): string {
  return RequestMethod[(Reflect.getMetadata('method', method) ?? RequestMethod.GET) as RequestMethod];
}
