import type { ApiTokenRoute } from '../api-token-route.js';
import type { AuditFinding } from '../audit-finding.js';
import { type AuditedOptions, treatmentOf } from '../audit-options.js';
import { describeRoute } from '../describe-route.js';

/** What keeps a guarded route from being judged, or everybody from reaching it. */
export function policyFindings(route: ApiTokenRoute, options: AuditedOptions): AuditFinding[] {
  if (route.guard !== 'bound') return [];
  const handler = describeRoute(route);
  const { policy } = route;
  if (policy.kind === 'unsettled') {
    // A message that no adapter reads is denied whatever its route is.
    if (treatmentOf(route.context, options) !== 'read') return [];
    return policy.problems.map((problem) => ({ severity: 'error', handler, ...problem }));
  }
  const isTokenRequired = (options.credentials ?? 'required') === 'required' && options.skipIf === undefined;
  if (policy.kind !== 'closed' || !isTokenRequired) return [];
  const message =
    'nobody gets in: it is closed to API tokens, and without one a request is refused. Write credentials: ' +
    "'optional' in ApiTokenModule.forRoot() and bind the guard that lets others in, or mark the route with " +
    '@SkipApiTokenPolicy().';
  return [{ severity: 'warning', code: 'CLOSED_TO_EVERYBODY', handler, message }];
}
