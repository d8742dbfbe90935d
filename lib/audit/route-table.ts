import { canonicaliserName } from '../http/canonicaliser-name.js';
import { alignedRows } from './aligned-rows.js';
import type { ApiTokenRoute } from './api-token-route.js';
import { handlerName } from './describe-route.js';

const HEADER = ['METHOD', 'PATH', 'API TOKENS', 'POLICY ID', 'ITEM', 'GUARDS', 'HANDLER'];

/** The routes of an application as lines to read. */
export function routeTable(routes: readonly ApiTokenRoute[]): string {
  const rows = [HEADER, ...routes.flatMap(rowsOf)];
  return ['API tokens on the routes of this application:', ...alignedRows(rows)].join('\n');
}

function rowsOf(route: ApiTokenRoute): string[][] {
  const { context, method, paths, versions, guards, policy } = route;
  const places = context === 'http' ? paths : [context];
  return places.map((place) => [
    method ?? '-',
    versions.length === 0 ? place : `${place} (version ${versions.join(', ')})`,
    accessOf(route),
    'policyId' in policy ? policy.policyId : '-',
    policy.kind === 'item' ? `:${policy.param} (${canonicaliserName(policy.canonicaliser)})` : '-',
    guards.join(', ') || '-',
    handlerName(route),
  ]);
}

function accessOf({ guard, policy }: ApiTokenRoute): string {
  if (guard !== 'bound') return 'not guarded';
  switch (policy.kind) {
    case 'skipped':
      return 'not guarded (skipped)';
    case 'closed':
    case 'unsettled':
      return 'denied';
    default:
      return 'by policy';
  }
}
