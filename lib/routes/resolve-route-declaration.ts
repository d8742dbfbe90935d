import { RequestMethod } from '@nestjs/common';
import type { ResolvedItem } from './agreed-canonicalizers.js';
import { type ApplicationPipes, boundCanonicalizer } from './bound-canonicalizer.js';
import { defaultPolicyId } from './default-policy-id.js';
import type { RouteHandler } from './route-handler.js';
import { itemOrCollection } from './item-or-collection.js';
import {
  ACCESS_METADATA,
  POLICY_ID_METADATA,
  type PolicyIdMetadata,
  routeMetadata,
  SKIP_METADATA,
  type TokenAccess,
} from './metadata.js';
import { type HandlerDemand, lostDecorator, replacedDecorator } from './lost-decorators.js';
import type { CollectionRoute, ItemRoute, RouteDeclaration, RouteProblem } from './route-declaration.js';

/** A route declaration before the routes of its policy ID have been compared: its canonicalizer may still be open. */
export type ResolvedRoute = Exclude<RouteDeclaration, ItemRoute> | ResolvedItem;

/** Names that mean something else in a policy. */
const RESERVED_POLICY_IDS: ReadonlySet<string> = new Set(['*', '__proto__', '']);

/** Settles what a handler's decorators, paths and parameters say. */
export function resolveRouteDeclaration(
  handler: Omit<RouteHandler, 'versions'>,
  defaultTokenAccess: boolean,
  pipes?: ApplicationPipes,
): ResolvedRoute {
  const { controller, method } = handler;
  const replaced = replacedDecorator(handler);
  if (replaced !== undefined) {
    return misconfigured(
      'DECORATOR_LOST',
      `a decorator above ${replaced} has replaced the method by a function without its metadata, so that ${replaced} has no ` +
        `effect. Write ${replaced} above that decorator, or let that decorator copy the metadata.`,
    );
  }
  const isSkipped = routeMetadata<boolean>(SKIP_METADATA, controller, method) === true;
  const access = routeMetadata<TokenAccess>(ACCESS_METADATA, controller, method) ?? defaultTokenAccess;
  if (!isSkipped && !access) return { kind: 'closed' };
  const lost = lostDecorator(handler, demandOf(isSkipped, access));
  if (lost !== undefined) {
    return misconfigured(
      'OVERRIDE_LOST_DECORATOR',
      `it overrides a method that has ${lost}, which it does not inherit. Write it on the override too, or another one.`,
    );
  }
  if (isSkipped) return { kind: 'skipped' };
  const declaredMethod = declaredMethodOf(method);
  if (access === 'authenticated') return openToValidTokens(method, declaredMethod);
  const written = routeMetadata<PolicyIdMetadata>(POLICY_ID_METADATA, controller, method);
  const policyId = written?.policyId ?? defaultPolicyId(handler);
  if (policyId === undefined) {
    return misconfigured(
      'POLICY_ID_MISSING',
      `its class name ${JSON.stringify(controller.name)} makes no policy ID (another class makes the same, or it does not ` +
        "end in Controller). Write @PolicyId('<resource>') on the class.",
    );
  }
  if (RESERVED_POLICY_IDS.has(policyId)) {
    return misconfigured(
      'POLICY_ID_RESERVED',
      `the policy ID ${JSON.stringify(policyId)} is reserved. Write another in @PolicyId().`,
    );
  }
  const place = itemOrCollection(handler, policyId, {
    param: written?.param,
    isOnClass: !Reflect.hasMetadata(POLICY_ID_METADATA, method),
  });
  if (place.kind === 'misconfigured') return misconfigured('RESOURCE_ID_PARAMETER', place.message);
  if (place.kind === 'collection')
    return { kind: 'collection', policyId, declaredMethod } satisfies CollectionRoute;
  const { param } = place;
  const bound = boundCanonicalizer(handler, param, pipes);
  return { kind: 'item', policyId, declaredMethod, param, written: written?.canonical, bound };
}

function demandOf(isSkipped: boolean, access: TokenAccess): HandlerDemand {
  if (isSkipped) return 'nothing';
  return access === 'authenticated' ? 'validity' : 'policy';
}

/** The class's policy ID may be for its other methods; one on the method itself says that a policy is asked. */
function openToValidTokens(method: RouteHandler['method'], declaredMethod: string | null): ResolvedRoute {
  if (!Reflect.hasMetadata(POLICY_ID_METADATA, method)) return { kind: 'authenticated', declaredMethod };
  return misconfigured(
    'POLICY_ID_UNUSED',
    "it has a policy ID of its own, and @ApiTokenAccess('authenticated') asks no policy. Write @ApiTokenAccess() on it " +
      'where its policy is to be asked, or take its @PolicyId() off.',
  );
}

function misconfigured(code: RouteProblem['code'], message: string): ResolvedRoute {
  return { kind: 'misconfigured', problems: [{ code, message }] };
}

function declaredMethodOf(method: RouteHandler['method']): string | null {
  const declared = Reflect.getMetadata('method', method) as RequestMethod | undefined;
  return declared === undefined || declared === RequestMethod.ALL ? null : (RequestMethod[declared] ?? null);
}
