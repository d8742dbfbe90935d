import type { MaybePromise } from '../utils/maybe-promise.js';

/**
 * Loads the owner of a token, so that it stands on `request.user` and a token dies with its owner.
 *
 * @example
 * ```ts
 * class TokenOwners extends ApiTokenOwnerProvider {
 *   load(ownerId: string) {
 *     return this.users.findOneBy({ id: ownerId, active: true });
 *   }
 * }
 * ```
 */
export abstract class ApiTokenOwnerProvider {
  /**
   * The owner, an object, or null where there is none or it is disabled: the request is then rejected with 401. Anything
   * else, such as `false` or a list, is a fault and rejects with 503. The answer is kept as long as the token is
   * (`cache.lifetimeMs`) and shared by its requests: treat it as read-only.
   */
  abstract load(ownerId: string): MaybePromise<unknown>;
}
