import type { ApiTokenRoute } from '../api-token-route.js';
import type { AuditFinding } from '../audit-finding.js';
import type { AuditedOptions } from '../audit-options.js';
import { describeRoute } from '../describe-route.js';

/** Handlers of messages that the guard denies as nothing says how to read them, or that a global guard does not reach. */
export function contextFindings(route: ApiTokenRoute, { contexts }: AuditedOptions): AuditFinding[] {
  const { context, guard, policy } = route;
  if (context === 'http' || policy.kind === 'skipped') return [];
  const found = { severity: 'warning', handler: describeRoute(route) } as const;
  if (guard === 'bound') {
    if (contexts?.[context] !== undefined) return [];
    const message =
      `the guard denies every message, as nothing says how to read one. Write contexts: { ${context}: ... } in ` +
      "ApiTokenModule.forRoot() with an adapter or 'skip', or 'deny' where that is meant, or mark it with " +
      '@SkipApiTokenPolicy().';
    return [{ ...found, code: 'CONTEXT_DENIED', message }];
  }
  if (guard === 'missing' || contexts?.[context] === 'skip') return [];
  const reason =
    context === 'rpc'
      ? 'global guards reach it only after connectMicroservice(..., { inheritAppConfig: true }), which can not be seen'
      : 'global guards do not reach gateways in this version of Nest';
  const message =
    `${reason}. Bind @UseGuards(ApiTokenPolicyGuard) to it, or mark it with @SkipApiTokenPolicy() or ` +
    `contexts: { ${context}: 'skip' } where it needs none.`;
  return [{ ...found, code: 'GLOBAL_GUARD_OUT_OF_REACH', message }];
}
