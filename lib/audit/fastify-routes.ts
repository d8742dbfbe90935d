import { isControllers, type ServerRoute } from './server-route.js';

/** What Fastify tells of a route when it is registered. */
interface RegisteredRoute {
  readonly method: string | readonly string[];
  readonly url: string;
  readonly handler: unknown;
}

interface Fastify {
  addHook(name: 'onRoute', hook: (route: RegisteredRoute) => void): unknown;
}

/**
 * Keeps the routes that are registered on a Fastify server from now on: it lists none afterwards. Undefined for another
 * server. A handler with path parameters is wrapped by Nest, so that it can't be told by itself.
 */
export function fastifyRoutes(server: unknown): (() => readonly ServerRoute[]) | undefined {
  if (!isFastify(server)) return undefined;
  const routes: ServerRoute[] = [];
  server.addHook('onRoute', ({ method, url, handler }) => {
    const methods = [method].flat().filter((name) => name !== 'HEAD');
    // HEAD comes by itself with each GET, and OPTIONS of every path is what @fastify/cors answers preflights with.
    const isCorsPreflight = url === '*' && methods.every((name) => name === 'OPTIONS');
    if (methods.length === 0 || isCorsPreflight) return;
    routes.push({ methods, path: url, owner: isControllers(handler) ? 'controller' : 'unknown' });
  });
  return () => routes;
}

function isFastify(server: unknown): server is Fastify {
  return (
    typeof server === 'object' && server !== null && typeof Reflect.get(server, 'addHook') === 'function'
  );
}
