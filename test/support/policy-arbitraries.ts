import * as fc from 'fast-check';
import { COMMON_METHODS, HTTP_METHODS, type TokenPolicy } from 'nestjs-api-token/policy';

export const POLICY_IDS = ['repository', 'review', 'constructor', '__proto__x', 'é', ''] as const;
export const RESOURCE_IDS = ['1', '2', '42', 'toString', 'hasOwnProperty', ''] as const;

/** A method to ask about: one that policies name often, any of Node's, or none at all. */
export const methods = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...COMMON_METHODS) },
  { weight: 2, arbitrary: fc.constantFrom(...HTTP_METHODS) },
  { weight: 1, arbitrary: fc.constantFrom('get', 'GETT', '') },
);

/** An entry of `allow` or `block`. */
export const entries = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<(typeof HTTP_METHODS)[number] | '*'>('GET', 'HEAD', 'POST', '*'),
  },
  { weight: 1, arbitrary: fc.constantFrom(...HTTP_METHODS) },
);

const list = fc.array(entries, { maxLength: 4 });

export const sections = fc
  .record({ allow: list, block: list }, { requiredKeys: [] })
  .filter(({ allow = [], block = [] }) => allow.length + block.length > 0);

const resource = fc.dictionary(fc.constantFrom('*', ...RESOURCE_IDS), sections, { minKeys: 1, maxKeys: 4 });

/** Policies that `parseTokenPolicy` accepts, `{}` among them. */
export const policies: fc.Arbitrary<TokenPolicy> = fc
  .tuple(
    fc.option(sections, { nil: undefined }),
    fc.dictionary(fc.constantFrom(...POLICY_IDS), resource, { maxKeys: 4 }),
  )
  .map(([global, resources]) => {
    const all = global === undefined ? resources : { ...resources, '*': global };
    return Object.keys(all).length === 0 ? {} : ({ resources: all } as TokenPolicy);
  });

const accesses = fc.record({
  policyId: fc.constantFrom(...POLICY_IDS, 'unlisted', '*'),
  method: methods,
  resourceId: fc.option(fc.constantFrom(...RESOURCE_IDS, 'unlisted', '*')),
});

export const ACCESSES_PER_POLICY = 10;
export const manyAccesses = fc.array(accesses, {
  minLength: ACCESSES_PER_POLICY,
  maxLength: ACCESSES_PER_POLICY,
});
