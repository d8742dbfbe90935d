import type { ApiTokenRoute } from '../../audit/api-token-route.js';
import type { TokenPolicy } from '../../policy/index.js';

/** What the matrix has to know of an application, where it can't tell by itself. */
export interface PolicyMatrixOptions {
  /**
   * Policies of yours, by the names they have in the report: objects, JSON text or `'full-access'`. They are tried beside
   * the usual ones.
   *
   * @default none
   */
  readonly policies?: Readonly<Record<string, TokenPolicy | string>>;
  /**
   * Two items of a resource, by policy ID, spelled as in policies. They need not exist.
   *
   * @default such as the resource's canonicalizer takes: `1` and `2` where it is `int`
   */
  readonly ids?: Readonly<Record<string, readonly string[]>>;
  /**
   * The values of other parameters of paths and of hosts, by name, and under `*` of wildcards without one.
   *
   * @default '1' for each
   */
  readonly params?: Readonly<Record<string, string>>;
  /**
   * Headers of every request: for what stands in front of the policy guard, and `host` where a controller's host is a
   * RegExp.
   *
   * @default none
   */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Whose tokens are used: where the application has an `ownerProvider`, somebody it knows.
   *
   * @default 'tester'
   */
  readonly ownerId?: string;
  /**
   * Routes to leave out.
   *
   * @default none
   */
  readonly except?: (route: ApiTokenRoute) => boolean;
}
