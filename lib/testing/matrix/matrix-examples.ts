import type { ApiTokenRoute } from '../../audit/api-token-route.js';
import { exampleIds } from './example-ids.js';
import type { MatrixPlace } from './matrix-places.js';
import type { PolicyMatrixOptions } from './policy-matrix-options.js';
import { requestPath } from './request-path.js';

const PARAM = '1';

/** What stands in the paths of a matrix. */
export class MatrixExamples {
  readonly #ids = new Map<string, readonly string[]>();
  readonly #params: ReadonlyMap<string, string>;

  /**
   * @param routes - Those that are tried.
   * @throws {TypeError} Where the items of a resource have to be named, or those of none are.
   */
  constructor(
    routes: readonly ApiTokenRoute[],
    { ids = {}, params = {} }: Pick<PolicyMatrixOptions, 'ids' | 'params'>,
  ) {
    const given = new Map(Object.entries(ids));
    this.#params = new Map(Object.entries(params));
    for (const { policy } of routes) {
      if (policy.kind !== 'item' || this.#ids.has(policy.policyId)) continue;
      this.#ids.set(policy.policyId, given.get(policy.policyId) ?? exampleIds(policy));
    }
    const unknown = [...given.keys()].filter((policyId) => !this.#ids.has(policyId));
    if (unknown.length > 0) {
      throw new TypeError(
        `ids names ${unknown.join(', ')}: there are items of ${[...this.#ids.keys()].join(', ')}.`,
      );
    }
  }

  /** The items that are tried whatever the policy, by policy ID. */
  get ids(): ReadonlyMap<string, readonly string[]> {
    return this.#ids;
  }

  /** A host with its parameters filled in. */
  host(pattern: string): string {
    return requestPath(pattern, (name) => this.#params.get(name) ?? PARAM);
  }

  /**
   * The path of a request.
   *
   * @param id - The item that is asked for, where the route is about one. Default: the first.
   */
  path({ route: { policy }, pattern }: MatrixPlace, id?: string): string {
    return requestPath(pattern, (name) => {
      const isItem = policy.kind === 'item' && name === policy.param;
      return (isItem ? (id ?? this.#ids.get(policy.policyId)?.[0]) : this.#params.get(name)) ?? PARAM;
    });
  }
}
