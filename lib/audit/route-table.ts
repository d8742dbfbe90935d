import { canonicalizerName } from '../routes/canonicalizer-name.js';
import { alignedRows } from '../utils/aligned-rows.js';
import type { ApiTokenRoute } from './api-token-route.js';
import { type AuditedOptions, treatmentOf } from './audit-options.js';
import { handlerName } from './describe-route.js';

const HEADER = ['METHOD', 'PATH', 'API TOKENS', 'POLICY ID', 'ITEM', 'GUARDS', 'HANDLER'];

/** The routes of an application as lines to read. */
export function routeTable(routes: readonly ApiTokenRoute[], options: AuditedOptions): string {
  const rows = [HEADER, ...routes.flatMap((route) => rowsOf(route, options))];
  return ['API tokens on the routes of this application:', ...alignedRows(rows)].join('\n');
}

function rowsOf(route: ApiTokenRoute, options: AuditedOptions): string[][] {
  const { context, method, paths, versions, guards, policy } = route;
  const places = context === 'http' ? paths : [context];
  return places.map((place) => [
    method ?? '-',
    versions.length === 0 ? place : `${place} (version ${versions.join(', ')})`,
    accessOf(route, options),
    'policyId' in policy ? policy.policyId : '-',
    policy.kind === 'item' ? `:${policy.param} (${canonicalizerName(policy.canonicalizer)})` : '-',
    guards.join(', ') || '-',
    handlerName(route),
  ]);
}

function accessOf({ context, guard, policy }: ApiTokenRoute, options: AuditedOptions): string {
  if (guard !== 'bound') return 'not guarded';
  const treatment = treatmentOf(context, options);
  if (treatment === 'skip' || policy.kind === 'skipped') return 'not guarded (skipped)';
  if (treatment === 'deny') return 'denied (context)';
  switch (policy.kind) {
    case 'closed':
      return 'closed';
    case 'misconfigured':
      return 'denied (problem)';
    case 'authenticated':
      return 'authenticated';
    default:
      return 'by policy';
  }
}
