import type { RouteHandler } from './handler.js';
import { pathParameters } from './path-parameters.js';

const DEFAULT_PARAM = 'id';

/** Whether a route is about one item or a collection, or what its author has to say so that it can be told. */
export type ItemOrCollection =
  | { readonly kind: 'item'; readonly param: string }
  | { readonly kind: 'collection' }
  | { readonly kind: 'unsettled'; readonly message: string };

/**
 * Tells an item route from a collection route by its paths and the `param` that was written. Never by what a request
 * contains: an item that is taken for a collection escapes the sections of single items.
 */
export function itemOrCollection(
  { paths }: Pick<RouteHandler, 'paths'>,
  policyId: string,
  written: string | null | undefined,
): ItemOrCollection {
  if (written === null) return { kind: 'collection' };
  const param = written ?? DEFAULT_PARAM;
  if (paths.length === 0) {
    if (written !== undefined) return { kind: 'item', param };
    return unsettled(`it has no route path. ${hint(policyId, ['<name>'])}`);
  }
  const parameters = paths.map(pathParameters);
  const having = parameters.filter((names) => names.includes(param));
  if (having.length === paths.length) return { kind: 'item', param };
  if (having.length > 0) {
    return unsettled(
      `only some of its paths have the parameter "${param}". Give the others a handler of their own.`,
    );
  }
  const others = [...new Set(parameters.flat())];
  if (written !== undefined)
    return unsettled(`its path has no parameter "${param}". ${hint(policyId, others)}`);
  if (others.length === 0) return { kind: 'collection' };
  return unsettled(`its path has parameters, but none is named "${param}". ${hint(policyId, others)}`);
}

function unsettled(message: string): ItemOrCollection {
  return { kind: 'unsettled', message };
}

function hint(policyId: string, params: readonly string[]): string {
  const items = params.map((param) => `@PolicyId('${policyId}', { param: '${param}' })`);
  const collection = `@PolicyId('${policyId}', { param: null }) where it is about a collection`;
  return items.length === 0
    ? `Write ${collection}.`
    : `Write ${items.join(' or ')} where it is about one item, or ${collection}.`;
}
