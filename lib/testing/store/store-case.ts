import type { ApiTokenStore } from '../../tokens/api-token-store.js';

/** One promise of the store contract, and how to see whether a store keeps it. */
export interface StoreCase {
  readonly title: string;
  /**
   * Uses tokens, owners and digests of its own, so that it can be run on a store that holds others.
   *
   * @throws AssertionError where the promise is not kept.
   */
  readonly run: (store: ApiTokenStore) => Promise<void>;
}
