import type { ServerRoute } from './server-route.js';

/** What Fastify tells of a route when it is registered. */
interface RegisteredRoute {
  readonly method: string | readonly string[];
  readonly url: string;
}

interface Fastify {
  addHook(name: 'onRoute', hook: (route: RegisteredRoute) => void): unknown;
  addHook(name: 'onReady', hook: () => Promise<void>): unknown;
}

/** Keeps the routes that are registered on a Fastify server from now on: it lists none afterwards. */
export class FastifyRoutes {
  #routes: ServerRoute[] = [];
  #listener: ((routes: readonly ServerRoute[]) => void) | null = null;

  constructor(server: Fastify) {
    server.addHook('onRoute', (route) => this.#add(route));
    server.addHook('onReady', async () => this.#listener?.(this.#routes));
  }

  get all(): readonly ServerRoute[] {
    return this.#routes;
  }

  /** Plugins register their routes only when the server gets ready. */
  onLater(listener: (routes: readonly ServerRoute[]) => void): void {
    this.#routes = [];
    this.#listener = listener;
  }

  #add({ method, url }: RegisteredRoute): void {
    // HEAD comes by itself with each GET, and OPTIONS of every path is what @fastify/cors answers preflights with.
    const methods = [method].flat().filter((name) => name !== 'HEAD');
    const isCorsPreflight = url === '*' && methods.every((name) => name === 'OPTIONS');
    if (methods.length > 0 && !isCorsPreflight)
      this.#routes.push({ methods, path: url, owner: 'perhaps-controller' });
  }
}

/** Whether a server is one of Fastify. */
export function isFastify(server: unknown): server is Fastify {
  return (
    typeof server === 'object' && server !== null && typeof Reflect.get(server, 'addHook') === 'function'
  );
}
