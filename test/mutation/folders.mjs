/**
 * The folders of lib that are mutated, each with the tests that judge it. Left out are the random properties, which
 * may notice a mutant by luck, and what needs a database or a build.
 */
export const folders = {
  policy: ['unit/policy'],
  repositories: ['unit/repositories', 'unit/stores/store-kit.spec.ts'],
  http: ['unit/http'],
  tokens: ['unit/tokens'],
  guards: ['unit/guards'],
};

export const LEFT_OUT = ['properties', 'random-routes', 'sample-app'];
