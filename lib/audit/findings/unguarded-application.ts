import type { ApiTokenRoute } from '../api-token-route.js';
import type { ApiTokenAuditFinding } from '../audit-finding.js';
import { type AuditedOptions, treatmentOf } from '../audit-options.js';
import { describeRoute } from '../describe-route.js';
import { guardFindings } from './guard-findings.js';

/** Every route of an application in which the policy guard is bound to none of them, and that is no error by itself. */
export function unguardedApplication(
  routes: readonly ApiTokenRoute[],
  options: AuditedOptions,
): ApiTokenAuditFinding[] {
  if (routes.some(({ guard }) => guard !== 'missing')) return [];
  const message =
    'the policy guard is bound nowhere, so that everybody gets in, with a token or without one. Bind it: ' +
    '{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard } for the whole application, or ' +
    '@UseGuards(ApiTokenPolicyGuard) on some classes. Where a guard of yours calls it, write ' +
    'audit: { compositeGuards: [ThatGuard] } in ApiTokenModule.forRoot().';
  return routes
    .filter((route) => route.policy.kind !== 'skipped' && guardFindings(route, options).length === 0)
    .map((route) => ({
      severity: 'warning',
      code: 'GUARD_BOUND_NOWHERE',
      handler: describeRoute(route),
      message,
    }));
}

/** A route that a request without a token reaches: the policy guard lets it pass, and no other guard is there. */
export function anonymousAccess(route: ApiTokenRoute, options: AuditedOptions): ApiTokenAuditFinding[] {
  const { context, guard, hasOtherGuards, policy } = route;
  const isAuthorized =
    guard === 'bound' && policy.kind !== 'skipped' && treatmentOf(context, options) === 'read';
  if (options.requests.credentials !== 'optional' || !isAuthorized || hasOtherGuards) return [];
  const message =
    "everybody gets in without a token: with requests: { credentials: 'optional' } such a request passes on to the guards " +
    "behind the policy guard, and there are none. Bind the guard that is meant, write requests: { credentials: 'required' }, " +
    'or mark the route with @SkipApiTokenPolicy().';
  return [{ severity: 'warning', code: 'ANONYMOUS_ACCESS', handler: describeRoute(route), message }];
}
