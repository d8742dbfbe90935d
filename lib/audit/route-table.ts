import { canonicaliserName } from '../http/canonicaliser-name.js';
import type { ApiTokenRoute } from './api-token-route.js';

const HEADER = ['METHOD', 'PATH', 'API TOKENS', 'POLICY ID', 'ITEM', 'GUARDS', 'HANDLER'];

/** The routes of an application as lines to read. */
export function routeTable(routes: readonly ApiTokenRoute[]): string {
  const rows = [HEADER, ...routes.flatMap(rowsOf)];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return ['API tokens on the routes of this application:', ...lines].join('\n');
}

function rowsOf(route: ApiTokenRoute): string[][] {
  const { controller, handler, context, method, paths, versions, guards, policy } = route;
  const places = context === 'http' ? paths : [context];
  return places.map((place) => [
    method ?? '-',
    versions.length === 0 ? place : `${place} (version ${versions.join(', ')})`,
    accessOf(route),
    'policyId' in policy ? policy.policyId : '-',
    policy.kind === 'item' ? `:${policy.param} (${canonicaliserName(policy.canonicaliser)})` : '-',
    guards.join(', ') || '-',
    `${controller.name}.${handler}`,
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
