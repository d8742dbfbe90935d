import { METHODS } from '../../workload/methods.mjs';
import { mapPlaces, resolvedPlaces } from './places.mjs';

/**
 * The limit: what is left when nothing but the question has to be answered. One map for the methods, one for the policy
 * IDs, one per policy ID for its items, and a mask at the end.
 */
export class NestedMaps {
  #bits = new Map(METHODS.map((method, index) => [method, 1 << index]));
  #resources;
  #unlisted;

  constructor(policy) {
    const { unlisted, resources } = mapPlaces(resolvedPlaces(policy), (methods) =>
      methods.reduce((mask, method) => mask | this.#bits.get(method), 0),
    );
    this.#unlisted = unlisted;
    this.#resources = resources;
  }

  allows(policyId, method, resourceId) {
    const bit = this.#bits.get(method) ?? 0;
    const resource = this.#resources.get(policyId);
    if (resource === undefined) return (this.#unlisted & bit) !== 0;
    const mask = resourceId === null ? undefined : resource.items.get(resourceId);
    return ((mask ?? resource.rest) & bit) !== 0;
  }

  /** What is left of that where policy ID and method are known beforehand, as they are of a route. */
  bind(policyId, method) {
    const { rest, items } = this.#resources.get(policyId) ?? { rest: this.#unlisted, items: new Map() };
    return new BoundMaps(this.#bits.get(method) ?? 0, rest, items);
  }
}

class BoundMaps {
  #bit;
  #rest;
  #items;

  constructor(bit, rest, items) {
    this.#bit = bit;
    this.#rest = rest;
    this.#items = items;
  }

  allows(resourceId) {
    const mask = resourceId === null ? undefined : this.#items.get(resourceId);
    return ((mask ?? this.#rest) & this.#bit) !== 0;
  }
}
