import { itemMask, type NumberedMasks } from './item-masks.js';
import type { ResourceMasks } from './page-masks.js';

/**
 * A policy as it is asked about one method on one resource, for many items in turn: what does not depend on the item has
 * been looked up. From {@link CompiledPolicy.bind}.
 */
export class BoundPolicy {
  readonly #bit: number;
  readonly #numbered: NumberedMasks;
  readonly #resource: ResourceMasks;

  /** @internal */
  constructor(bit: number, numbered: NumberedMasks, resource: ResourceMasks) {
    this.#bit = bit;
    this.#numbered = numbered;
    this.#resource = resource;
  }

  /**
   * Whether a request is allowed. Nothing is, where JavaScript gives an ID that is neither text nor null.
   *
   * @param resourceId - The item's canonical ID; null for the collection.
   */
  allows(resourceId: string | null): boolean {
    if (resourceId !== null && typeof resourceId !== 'string') return false;
    const item = resourceId === null ? undefined : itemMask(this.#numbered, this.#resource, resourceId);
    return ((item ?? this.#resource.mask) & this.#bit) !== 0;
  }
}
