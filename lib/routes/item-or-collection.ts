import type { RouteHandler } from './route-handler.js';
import { parameterAtEnd, pathParameters } from './path-parameters.js';

const DEFAULT_PARAM = 'id';

/** Whether a route is about one item or a collection, or what its author has to say so that it can be told. */
export type ItemOrCollection =
  | { readonly kind: 'item'; readonly param: string }
  | { readonly kind: 'collection' }
  | { readonly kind: 'misconfigured'; readonly message: string };

/** The `param` of a `@PolicyId()`. */
export interface WrittenParam {
  readonly param: string | null | undefined;
  /** Whether it stands on the class, for all of its routes. */
  readonly isOnClass: boolean;
}

/**
 * Tells an item route from a collection route by its paths and the `param` that was written. Never by what a request
 * contains: an item that is taken for a collection escapes the sections of single items.
 */
export function itemOrCollection(
  handler: Pick<RouteHandler, 'paths' | 'ownPaths'>,
  policyId: string,
  { param, isOnClass }: WrittenParam,
): ItemOrCollection {
  if (param === null) return { kind: 'collection' };
  const { paths, ownPaths } = handler;
  if (paths.length === 0) {
    if (param !== undefined) return { kind: 'item', param };
    return misconfigured(`it has no route path. ${hint(policyId, ['<name>'])}`);
  }
  const place =
    param === undefined ? byPath(ownPaths, policyId) : byName(handler, policyId, param, isOnClass);
  if (place.kind === 'item' && paths.some((path) => isTwiceIn(path, place.param))) {
    return misconfigured(
      `its path has two parameters "${place.param}", of which only the last is read. Rename one.`,
    );
  }
  return place;
}

/** The parameter at the end of the path names the item: one further up names what the item belongs to. */
function byPath(ownPaths: readonly string[], policyId: string): ItemOrCollection {
  const parameters = ownPaths.map(pathParameters);
  if (parameters.every((names) => names.length === 0)) return { kind: 'collection' };
  const atEnd = ownPaths.map(parameterAtEnd);
  if (atEnd.every((name) => name === DEFAULT_PARAM)) return { kind: 'item', param: DEFAULT_PARAM };
  if (atEnd.includes(DEFAULT_PARAM)) return someOnly(DEFAULT_PARAM);
  return misconfigured(
    `its path has parameters, but does not end in ":${DEFAULT_PARAM}". ${hint(policyId, unique(parameters))}`,
  );
}

function byName(
  { paths, ownPaths }: Pick<RouteHandler, 'paths' | 'ownPaths'>,
  policyId: string,
  param: string,
  isOnClass: boolean,
): ItemOrCollection {
  const parameters = paths.map(pathParameters);
  const having = parameters.filter((names) => names.includes(param));
  if (having.length === paths.length) return { kind: 'item', param };
  if (having.length > 0) return someOnly(param);
  // What the class says is for its routes that have the parameter, as `id` is where nothing is written.
  if (isOnClass && ownPaths.every((path) => pathParameters(path).length === 0)) return { kind: 'collection' };
  return misconfigured(`its path has no parameter "${param}". ${hint(policyId, unique(parameters))}`);
}

function someOnly(param: string): ItemOrCollection {
  return misconfigured(
    `only some of its paths have the parameter "${param}". Give the others a handler of their own.`,
  );
}

function isTwiceIn(path: string, param: string): boolean {
  return pathParameters(path).filter((name) => name === param).length > 1;
}

function unique(parameters: readonly string[][]): string[] {
  return [...new Set(parameters.flat())];
}

function misconfigured(message: string): ItemOrCollection {
  return { kind: 'misconfigured', message };
}

function hint(policyId: string, params: readonly string[]): string {
  const items = params.map((param) => `@PolicyId('${policyId}', { param: '${param}' })`);
  const collection = `@PolicyId('${policyId}', { param: null }) where it is about a collection`;
  return items.length === 0
    ? `Write ${collection}.`
    : `Write ${items.join(' or ')} where it is about one item, or ${collection}.`;
}
