import type { ApiTokenRoute } from '../../audit/api-token-route.js';
import { boundCanonicalizer } from '../../routes/bound-canonicalizer.js';
import type { ItemRoute } from '../../routes/route-declaration.js';
import { canonicalResourceId } from '../../policy/index.js';

const EXAMPLES = {
  int: ['1', '2'],
  uuid: ['0f8fad5b-d9cb-469f-a165-70867728950e', '7c9e6679-7425-40de-944b-e07fc1f90ae7'],
  exact: ['example', 'another'],
} as const;

/**
 * Two items that a resource may have.
 *
 * @throws {TypeError} Where its canonicalizer is a function that takes none of the examples.
 */
export function exampleIds({ policyId, canonicalizer }: ItemRoute): readonly string[] {
  if (typeof canonicalizer === 'string') return EXAMPLES[canonicalizer];
  const ids = Object.values(EXAMPLES)
    .flat()
    .filter((id) => canonicalResourceId(canonicalizer, id) === id);
  if (ids.length > 1) return ids.slice(0, 2);
  throw new TypeError(
    `The IDs of ${JSON.stringify(policyId)} are told by a function of yours: name two of them in ids: { ${policyId}: [...] }.`,
  );
}

/** Other spellings that a handler may take for an item: each has to be rejected, or authorized as the item. */
export function aliasesOf({ controller, handler }: ApiTokenRoute, policy: ItemRoute, id: string): string[] {
  const { canonicalizer, param } = policy;
  const readings = [canonicalizer, boundCanonicalizer({ controller, methodName: handler }, param)];
  const aliases = [
    ...(readings.includes('int') ? [id.replace(/^-?/, '$&0')] : []),
    ...(readings.includes('uuid') ? [id.toUpperCase()] : []),
  ];
  return aliases.filter((alias) => alias !== id);
}
