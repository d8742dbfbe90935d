/** What engines without our order of precedence are given: policies resolved beforehand into who may do what where. */
import { METHODS } from '../../workload/methods.mjs';
import { Interpreter } from './interpreter.mjs';

/**
 * A policy as the methods that are allowed at each place.
 *
 * @param {object} policy
 * @returns {{
 *   unlisted: string[],
 *   resources: Map<string, { rest: string[], items: Map<string, string[]> }>,
 * }} `unlisted` is for policy IDs that the policy does not speak of, `rest` for collections and unlisted items.
 */
export function resolvedPlaces(policy) {
  const answers = new Interpreter(policy);
  const allowed = (policyId, resourceId) =>
    METHODS.filter((method) => answers.allows(policyId, method, resourceId));
  const resources = new Map();
  for (const [policyId, sections] of Object.entries(policy.resources)) {
    if (policyId === '*') continue;
    const items = Object.keys(sections).filter((resourceId) => resourceId !== '*');
    resources.set(policyId, {
      rest: allowed(policyId, null),
      items: new Map(items.map((resourceId) => [resourceId, allowed(policyId, resourceId)])),
    });
  }
  // Nothing but "*" can be said of "*", so it stands for the policy IDs that the policy does not speak of.
  return { unlisted: allowed('', null), resources };
}

/**
 * The same places with something else in each, such as the name an engine knows it by.
 *
 * @param {ReturnType<typeof resolvedPlaces>} places
 * @param {(methods: string[], policyId: string | null, resourceId: string | null) => any} make
 */
export function mapPlaces({ unlisted, resources }, make) {
  return {
    unlisted: make(unlisted, null, null),
    resources: new Map(
      [...resources].map(([policyId, { rest, items }]) => [
        policyId,
        {
          rest: make(rest, policyId, null),
          items: new Map([...items].map(([id, methods]) => [id, make(methods, policyId, id)])),
        },
      ]),
    ),
  };
}

/** What is in the place of a request. */
export function placeOf({ unlisted, resources }, policyId, resourceId) {
  const resource = resources.get(policyId);
  if (resource === undefined) return unlisted;
  return (resourceId === null ? undefined : resource.items.get(resourceId)) ?? resource.rest;
}
