import { POLICY_ID_METADATA, routeMetadata } from '../../http/metadata.js';
import { overriddenMethods } from '../../http/lost-decorators.js';
import type { ApiTokenRoute } from '../api-token-route.js';
import type { AuditFinding } from '../audit-finding.js';
import { type AuditedOptions, resolveAuditOptions } from '../audit-options.js';
import { isPolicyGuardOn } from '../bound-guards.js';
import { describeRoute, handlerMethod } from '../describe-route.js';

const BIND =
  'Bind it: @UseGuards(ApiTokenPolicyGuard) on the class, or for the whole application ' +
  '{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }';

/** A route that is named in policies, or was guarded in a base class, and that no policy guard is bound to. */
export function guardFindings(route: ApiTokenRoute, { audit }: AuditedOptions = {}): AuditFinding[] {
  const { controller, handler, guard, policy } = route;
  if (guard !== 'missing' || policy.kind === 'skipped') return [];
  const method = handlerMethod(route);
  const found = { severity: 'error', handler: describeRoute(route) } as const;
  const { compositeGuards } = resolveAuditOptions(audit);
  const overridden = overriddenMethods({ controller, method, methodName: handler });
  if (overridden.some((target) => isPolicyGuardOn(target, compositeGuards))) {
    const message = `it overrides a method that has the policy guard, which it does not inherit. ${BIND}.`;
    return [{ ...found, code: 'OVERRIDE_LOST_GUARD', message }];
  }
  if (policy.kind === 'closed' || routeMetadata(POLICY_ID_METADATA, controller, method) === undefined)
    return [];
  const message =
    `it has a policy ID, but no policy guard, so that no policy is asked. ${BIND}. A guard of yours that asks the policy ` +
    'guard counts where Nest gives it ApiTokenPolicyGuard; write audit: { compositeGuards: [ThatGuard] } in ' +
    'ApiTokenModule.forRoot() where it comes by it in another way. Mark what needs none with @SkipApiTokenPolicy().';
  return [{ ...found, code: 'POLICY_ID_WITHOUT_GUARD', message }];
}
