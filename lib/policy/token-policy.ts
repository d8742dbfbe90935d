import type { HttpMethod } from './http-methods.js';

/** An element of `allow` or `block`: a method, or `*` for the methods nobody names. */
export type PolicyMethod = HttpMethod | '*';

/**
 * Methods that are allowed and blocked at one place of a policy. A literal method beats `*`; at equal specificity
 * `block` beats `allow`.
 */
export interface PolicySection {
  readonly allow?: readonly PolicyMethod[];
  readonly block?: readonly PolicyMethod[];
}

/** The sections of one policy ID: `*` for every item and the collection, every other key for the item of that ID. */
export interface ResourcePolicy {
  readonly [resourceId: string]: PolicySection;
}

/** The `resources` of a policy: a section under `*` for everything, and a {@link ResourcePolicy} per policy ID. */
export interface PolicyResources {
  readonly '*'?: PolicySection;
  readonly [policyId: string]: ResourcePolicy | PolicySection | undefined;
}

/**
 * The document that limits a token, in the language of djblets' `ResourceAPITokenMixin`. `{}` limits nothing.
 *
 * @example
 * ```ts
 * const readOnly: TokenPolicy = {
 *   resources: { '*': { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] } },
 * };
 * ```
 */
export interface TokenPolicy {
  readonly resources?: PolicyResources;
}
