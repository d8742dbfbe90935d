import type { MaybePromise } from '../utils/maybe-promise.js';
import type { ApiTokenRecord } from './api-token-record.js';

/**
 * Where tokens are looked up: all that a guard needs. Extend it where another system issues the tokens; extend
 * {@link ApiTokenStore} where this library does.
 *
 * @example
 * ```ts
 * class LegacyTokens extends ApiTokenRepository {
 *   async findByDigest(digests: readonly string[]) {
 *     return (await this.rows.findOneBy({ digest: In([...digests]) })) ?? null;
 *   }
 * }
 * ```
 */
export abstract class ApiTokenRepository {
  /**
   * The token that has one of these digests, or null where there is none. Has to be one indexed read.
   *
   * @param digests - The digests that the presented secret has under the accepted keys: almost always one.
   * @throws Whatever the database throws: the request is then rejected with 503.
   */
  abstract findByDigest(digests: readonly string[]): MaybePromise<ApiTokenRecord | null | undefined>;
}
