import type { ApiTokenRoute } from '../api-token-route.js';
import type { AuditFinding } from '../audit-finding.js';
import type { ServerRoute } from '../server-route.js';

/** Routes of the HTTP server that are no controller's, so that no guard runs for them. */
export function outsideRoutes(
  serverRoutes: readonly ServerRoute[],
  routes: readonly ApiTokenRoute[],
): AuditFinding[] {
  const known = new Set(routes.flatMap(({ paths }) => paths.map(shapeOf)));
  return serverRoutes.filter(isOutside).map(({ methods, path }) => ({
    severity: 'warning',
    code: 'ROUTE_OUTSIDE_CONTROLLERS',
    handler: `${methods.join(', ') || 'ALL'} ${path}`,
    message:
      "no guard runs here, as it is no controller's. See that it may be open, or make it a controller's.",
  }));

  function isOutside({ owner, path }: ServerRoute): boolean {
    if (owner === 'outside') return true;
    return !known.has(shapeOf(path)) && !(owner === 'perhaps-middleware' && path.includes('*'));
  }
}

/** A path without what Nest and the servers spell differently: the names of parameters and wildcards. */
function shapeOf(path: string): string {
  return path
    .replace(/[{}]/g, '')
    .replace(/:[^/]+/g, ':')
    .replace(/\*[^/]*/g, '*')
    .replace(/\/$/, '');
}
