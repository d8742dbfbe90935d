import type { ApiTokenRoute } from '../api-token-route.js';
import type { ApiTokenAuditFinding } from '../audit-finding.js';
import { type AuditedOptions, treatmentOf } from '../audit-options.js';
import { describeRoute } from '../describe-route.js';

/** What keeps a guarded route from being authorized, or everybody from reaching it. */
export function policyFindings(route: ApiTokenRoute, options: AuditedOptions): ApiTokenAuditFinding[] {
  if (route.guard !== 'bound') return [];
  const handler = describeRoute(route);
  const { policy } = route;
  if (policy.kind === 'misconfigured') {
    // A message that no adapter reads is denied whatever its route is.
    if (treatmentOf(route.context, options) !== 'read') return [];
    return policy.problems.map((problem) => ({ severity: 'error', handler, ...problem }));
  }
  const isTokenRequired = options.requests.credentials === 'required' && options.requests.skipIf === null;
  if (policy.kind !== 'closed' || !isTokenRequired) return [];
  const message =
    'nobody gets in: it is closed to API tokens, and without one a request is rejected. Write ' +
    "requests: { credentials: 'optional' } in ApiTokenModule.forRoot() and bind the guard that lets others in, or mark " +
    'the route with @SkipApiTokenPolicy().';
  return [{ severity: 'warning', code: 'CLOSED_TO_EVERYBODY', handler, message }];
}
