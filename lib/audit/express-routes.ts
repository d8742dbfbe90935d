import type { ServerRoute } from './server-route.js';

/** What Express keeps of a registered function. */
interface Layer {
  readonly name?: string;
  readonly handle?: unknown;
  /** Since Express 5. */
  readonly rawPath?: unknown;
  /** Until Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean };
  readonly route?: {
    readonly path: unknown;
    readonly methods: Readonly<Record<string, boolean>>;
    readonly stack: readonly { readonly handle: (...args: never[]) => unknown }[];
  };
}

/** A handler that takes `next`, as Nest's own do, and middleware. */
const TAKES_NEXT = 3;
/** A function of `use()` that answers whatever comes. One that is wrapped, as tracing does, often takes none by name. */
const TAKES_NO_NEXT = 2;
/** More methods than anybody writes one by one: registered for all. */
const MANY_METHODS = 20;
/** What Express 4 makes of the path of `use()`. */
const MOUNTED = /^\^(.*?)\\\/\?\(\?=\\\/\|\$\)$/;

/**
 * The routes and static folders of an Express application and of the routers in it; none of another server.
 *
 * @param earlier - The layers that were there before Nest registered anything: no controller's and no middleware.
 */
export function expressRoutes(server: unknown, earlier: ReadonlySet<object>): ServerRoute[] {
  const layers = expressLayers(server);
  const notFound = notFoundHandlers(layers.filter((layer) => !earlier.has(layer)));
  return layers.flatMap((layer): ServerRoute[] => {
    const { route } = layer;
    if (
      notFound.has(layer.handle) ||
      (route !== undefined && route.stack.every(({ handle }) => notFound.has(handle)))
    )
      return [];
    if (route === undefined) return mountedRoutes(layer, '');
    const takesNext = route.stack.every(({ handle }) => handle.length >= TAKES_NEXT);
    const owner = takesNext && !earlier.has(layer) ? 'perhaps-middleware' : 'outside';
    return [{ methods: methodsOf(route.methods), path: String(route.path), owner }];
  });
}

/**
 * What Nest 12 answers 404 with under a global prefix, and on the paths that have none: a router of its own with one
 * route, and that route's handler.
 */
function notFoundHandlers(layers: readonly Layer[]): ReadonlySet<unknown> {
  return new Set(
    layers.flatMap(({ handle }): unknown[] => {
      const [inner, ...others] = layersOf(handle);
      const isNotFound = inner?.route?.path === '*path' && others.length === 0;
      return isNotFound ? [handle, ...inner.route.stack.map((registered) => registered.handle)] : [];
    }),
  );
}

/** What is registered on an Express application; nothing on another server. */
export function expressLayers(server: unknown): readonly Layer[] {
  if (typeof server !== 'function') return [];
  // Express 4 keeps it in `_router`, and throws where `router` is read.
  return layersOf(Reflect.get(server, 'lazyrouter' in server ? '_router' : 'router'));
}

/** What `use()` has brought: static files, a router, another application, or an end. The rest is middleware. */
function mountedRoutes(layer: Layer, parent: string): ServerRoute[] {
  const path = parent + mountPath(layer);
  if (layer.name === 'serveStatic') {
    return [{ methods: ['GET'], path: path === '' ? 'static files' : `${path}/*`, owner: 'outside' }];
  }
  const isEnd = typeof layer.handle === 'function' && layer.handle.length === TAKES_NO_NEXT;
  if (isEnd || layer.name === 'mounted_app') return [{ methods: [], path: `${path}/*`, owner: 'outside' }];
  return layersOf(layer.handle).flatMap((inner): ServerRoute[] => {
    if (inner.route === undefined) return mountedRoutes(inner, path);
    const { methods, path: innerPath } = inner.route;
    return [{ methods: methodsOf(methods), path: path + String(innerPath), owner: 'outside' }];
  });
}

function mountPath({ rawPath, regexp }: Layer): string {
  if (rawPath !== undefined) return rawPath === '/' ? '' : String(rawPath);
  if (regexp === undefined || regexp.fast_slash === true) return '';
  const written = MOUNTED.exec(regexp.source)?.[1];
  return written === undefined ? String(regexp) : written.replaceAll(/\\(.)/g, '$1');
}

function methodsOf(registered: Readonly<Record<string, boolean>>): string[] {
  const methods = Object.keys(registered);
  return '_all' in registered || methods.length > MANY_METHODS
    ? []
    : methods.map((method) => method.toUpperCase());
}

function layersOf(router: unknown): readonly Layer[] {
  const stack: unknown = typeof router === 'function' ? Reflect.get(router, 'stack') : undefined;
  return Array.isArray(stack) ? (stack as Layer[]) : [];
}
