import { type HandlerClass, POLICY_ID_METADATA, routeMetadata } from '../../routes/metadata.js';
import type { ApiTokenRoute } from '../api-token-route.js';
import type { ApiTokenAuditFinding } from '../audit-finding.js';
import { describeRoute, handlerMethod } from '../describe-route.js';

/** Controllers whose policy ID comes of their name, and is written on another one: perhaps not the same resource. */
export function sharedPolicyIds(routes: readonly ApiTokenRoute[]): ApiTokenAuditFinding[] {
  const writers = new Map<string, HandlerClass>();
  const unwritten = new Map<string, ApiTokenRoute>();
  for (const route of routes) {
    const { controller, guard, policy } = route;
    if (guard !== 'bound' || !('policyId' in policy)) continue;
    const isWritten = routeMetadata(POLICY_ID_METADATA, controller, handlerMethod(route)) !== undefined;
    if (!isWritten) unwritten.set(policy.policyId, route);
    else if (!writers.has(policy.policyId)) writers.set(policy.policyId, controller);
  }
  return [...unwritten].flatMap(([policyId, route]) => {
    const writer = writers.get(policyId);
    if (writer === undefined || writer === route.controller) return [];
    const message =
      `its class name makes the policy ID "${policyId}", which is also written on ${writer.name}, so that one policy ` +
      `speaks of both. Write @PolicyId('${policyId}') here too where that is meant, or another one where it is not.`;
    return [{ severity: 'warning', code: 'POLICY_ID_SHARED', handler: describeRoute(route), message }];
  });
}
