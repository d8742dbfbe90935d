import type { ApiTokenRoute } from '../../audit/api-token-route.js';
import { boundCanonicaliser } from '../../http/bound-canonicaliser.js';
import type { ItemPolicy } from '../../http/route-policy.js';
import { canonicalResourceId } from '../../policy/index.js';

const EXAMPLES = {
  int: ['1', '2'],
  uuid: ['0f8fad5b-d9cb-469f-a165-70867728950e', '7c9e6679-7425-40de-944b-e07fc1f90ae7'],
  exact: ['example', 'another'],
} as const;

/**
 * Two items that a resource may have.
 *
 * @throws {TypeError} Where its canonicaliser is a function that takes none of the examples.
 */
export function exampleIds({ policyId, canonicaliser }: ItemPolicy): readonly string[] {
  if (typeof canonicaliser === 'string') return EXAMPLES[canonicaliser];
  const ids = Object.values(EXAMPLES)
    .flat()
    .filter((id) => canonicalResourceId(canonicaliser, id) === id);
  if (ids.length > 1) return ids.slice(0, 2);
  throw new TypeError(
    `The IDs of ${JSON.stringify(policyId)} are told by a function of yours: name two of them in ids: { ${policyId}: [...] }.`,
  );
}

/** Other spellings that a handler may take for an item: each has to be refused, or judged as the item. */
export function aliasesOf({ controller, handler }: ApiTokenRoute, policy: ItemPolicy, id: string): string[] {
  const { canonicaliser, param } = policy;
  const readings = [canonicaliser, boundCanonicaliser({ controller, methodName: handler }, param)];
  const aliases = [
    ...(readings.includes('int') ? [id.replace(/^-?/, '$&0')] : []),
    ...(readings.includes('uuid') ? [id.toUpperCase()] : []),
  ];
  return aliases.filter((alias) => alias !== id);
}
