import type { PolicyResources, PolicySection, TokenPolicy } from '../../policy/index.js';

const ALL: PolicySection = { allow: ['*'] };
const NONE: PolicySection = { block: ['*'] };

/**
 * The policies that every application is tried with, by name: everything, reading, nothing, each resource alone, and of
 * each resource one item alone, and all but one item.
 *
 * @param policyIds - The resources.
 * @param ids - Items of each resource that has any: the first of each is the one.
 */
export function usualPolicies(
  policyIds: ReadonlySet<string>,
  ids: ReadonlyMap<string, readonly string[]>,
): Record<string, TokenPolicy | string> {
  const itemsOnly: Record<string, PolicyResources[string]> = {};
  const allButItems: Record<string, PolicyResources[string]> = {};
  for (const [policyId, [id]] of ids) {
    if (id === undefined) continue;
    itemsOnly[policyId] = { '*': NONE, [id]: ALL };
    allButItems[policyId] = { [id]: NONE };
  }
  return {
    'full access': 'full-access',
    'read-only': { resources: { '*': { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] } } },
    nothing: { resources: { '*': NONE } },
    ...(ids.size > 0 && {
      'one item of each': { resources: itemsOnly },
      'all but one item of each': { resources: allButItems },
    }),
    ...Object.fromEntries(
      [...policyIds].map((policyId) => [
        `${policyId} alone`,
        { resources: { '*': NONE, [policyId]: { '*': ALL } } } satisfies TokenPolicy,
      ]),
    ),
  };
}
