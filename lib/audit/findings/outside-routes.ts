import type { ApiTokenRoute } from '../api-token-route.js';
import type { ApiTokenAuditFinding } from '../audit-finding.js';
import type { ServerRoute } from '../server-route.js';

const ALL = 'ALL';

/**
 * Routes of the HTTP server that are no controller's, so that no guard runs for them.
 *
 * @param known - Paths that the application has said to be known, with `*` at the end for those that start so.
 */
export function outsideRoutes(
  serverRoutes: readonly ServerRoute[],
  routes: readonly ApiTokenRoute[],
  known: readonly string[],
): ApiTokenAuditFinding[] {
  const controllers = new Set(
    routes.flatMap(({ method, paths }) => paths.map((path) => `${method} ${shapeOf(path)}`)),
  );
  return serverRoutes.filter(isOutside).map(({ methods, path }) => ({
    severity: 'warning',
    code: 'ROUTE_OUTSIDE_CONTROLLERS',
    handler: `${methods.join(', ') || ALL} ${path}`,
    message:
      'no guard runs here, because these are not routes of a controller. Make them routes of a controller, or write ' +
      'their paths in audit: { outside: [...] } in ApiTokenModule.forRoot() where they may be open.',
  }));

  function isOutside(route: ServerRoute): boolean {
    if (known.some((pattern) => isMatching(route.path, pattern))) return false;
    return route.owner === 'outside' || !isPerhapsNests(route);
  }

  function isPerhapsNests({ methods, path, owner }: ServerRoute): boolean {
    if (owner === 'perhaps-middleware' && path.includes('*')) return true;
    const shape = shapeOf(path);
    return (methods.length === 0 ? [ALL] : methods).every((method) => controllers.has(`${method} ${shape}`));
  }
}

/** `/api/*` stands for `/api` too. */
function isMatching(path: string, pattern: string): boolean {
  const given = withoutSlash(path);
  if (!pattern.endsWith('*')) return given === withoutSlash(pattern);
  const start = pattern.slice(0, -1);
  return given.startsWith(start) || given === withoutSlash(start);
}

/** A path without what Nest and the servers spell differently: the names of parameters and wildcards. */
function shapeOf(path: string): string {
  return withoutSlash(
    path
      .replace(/[{}]/g, '')
      .replace(/:[^/]+/g, ':')
      .replace(/\*[^/]*/g, '*'),
  );
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, '');
}
