import type { ServerRoute } from './server-route.js';

/** What Fastify tells of a route when it is registered. */
interface RegisteredRoute {
  readonly method: string | readonly string[];
  readonly url: string;
}

interface Fastify {
  addHook(name: 'onRoute', hook: (route: RegisteredRoute) => void): unknown;
  addHook(name: 'onReady', hook: () => Promise<void>): unknown;
  printRoutes(): string;
}

/** The methods that a route has which is registered for all: some servers know more. */
const ALL_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** A line of the tree that Fastify prints: the branches, a part of a path, and methods where a route ends there. */
const PRINTED = /^((?:[│ ] {3})*)[├└]── (.*?)(?: \(([A-Z, -]+)\)(?: \{.*\})?)?$/;
const BRANCH_LENGTH = 4;

/**
 * The routes of a Fastify server. It lists none, so that those that are there are read off what it prints, and those
 * that are registered from now on are kept.
 */
export class FastifyRoutes {
  #routes: ServerRoute[] = [];
  #listener: ((routes: readonly ServerRoute[]) => void) | null = null;

  constructor(server: Fastify) {
    for (const route of printedRoutes(server.printRoutes())) this.#add(route, 'outside');
    server.addHook('onRoute', (route) => this.#add(route, 'perhaps-controller'));
    server.addHook('onReady', async () => this.#listener?.(this.#written));
  }

  /** Plugins register their routes only when the server gets ready, which it does before it listens. */
  onComplete(listener: (routes: readonly ServerRoute[]) => void): void {
    this.#listener = listener;
  }

  /** HEAD comes by itself with each GET. */
  get #written(): readonly ServerRoute[] {
    const got = new Set(
      this.#routes.filter(({ methods }) => methods.includes('GET')).map(({ path }) => path),
    );
    return this.#routes.filter(({ methods, path }) => !(methods.join() === 'HEAD' && got.has(path)));
  }

  #add({ method, url }: RegisteredRoute, owner: ServerRoute['owner']): void {
    const given = [method].flat();
    // OPTIONS of every path is what @fastify/cors answers preflights with.
    if (url === '*' && given.every((name) => name === 'OPTIONS')) return;
    const isForAll = ALL_METHODS.every((name) => given.includes(name));
    const hasGet = given.includes('GET');
    const methods = isForAll ? [] : given.filter((name) => name !== 'HEAD' || !hasGet);
    this.#routes.push({ methods, path: url, owner });
  }
}

function printedRoutes(tree: string): RegisteredRoute[] {
  const parts: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, branches, part, methods] = PRINTED.exec(line) ?? [];
    if (branches === undefined || part === undefined) return [];
    parts.length = branches.length / BRANCH_LENGTH;
    parts.push(part);
    return methods === undefined ? [] : [{ method: methods.split(', '), url: parts.join('') }];
  });
}

/** Whether a server is one of Fastify. */
export function isFastify(server: unknown): server is Fastify {
  return (
    typeof server === 'object' && server !== null && typeof Reflect.get(server, 'addHook') === 'function'
  );
}
