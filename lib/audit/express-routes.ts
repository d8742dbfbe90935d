import type { ServerRoute } from './server-route.js';

/** What Express keeps of a registered function. */
interface Layer {
  readonly name?: string;
  readonly route?: {
    readonly path: unknown;
    readonly methods: Readonly<Record<string, boolean>>;
    readonly stack: readonly { readonly handle: (...args: never[]) => unknown }[];
  };
}

/** A handler that takes `next`, as Nest's own do, and middleware. */
const TAKES_NEXT = 3;
/** More methods than anybody writes one by one: registered for all. */
const MANY_METHODS = 20;

/** The routes and static folders of an Express application; none of another server. */
export function expressRoutes(server: unknown): ServerRoute[] {
  return layersOf(server).flatMap(({ name, route }): ServerRoute[] => {
    if (route === undefined)
      return name === 'serveStatic' ? [{ methods: ['GET'], path: 'static files', owner: 'outside' }] : [];
    const takesNext = route.stack.every(({ handle }) => handle.length >= TAKES_NEXT);
    const owner = takesNext ? 'perhaps-middleware' : 'outside';
    return [{ methods: methodsOf(route.methods), path: String(route.path), owner }];
  });
}

function methodsOf(registered: Readonly<Record<string, boolean>>): string[] {
  const methods = Object.keys(registered);
  return '_all' in registered || methods.length > MANY_METHODS
    ? []
    : methods.map((method) => method.toUpperCase());
}

function layersOf(server: unknown): readonly Layer[] {
  if (typeof server !== 'function') return [];
  // Express 4 keeps it in `_router`, and throws where `router` is read.
  const router: unknown = Reflect.get(server, 'lazyrouter' in server ? '_router' : 'router');
  const stack: unknown = typeof router === 'function' ? Reflect.get(router, 'stack') : undefined;
  return Array.isArray(stack) ? (stack as Layer[]) : [];
}
