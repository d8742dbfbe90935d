/**
 * The folders of lib that are mutated, each with the tests that judge it. Left out are the random properties, which
 * may notice a mutant by luck, and what needs a database or a build.
 */
export const folders = {
  policy: ['unit/policy'],
  repositories: ['unit/repositories', 'unit/stores/store-kit.spec.ts'],
  http: ['unit/http', 'e2e'],
  tokens: ['unit/tokens', 'unit/events', 'e2e'],
  guards: ['unit/guards', 'e2e'],
};

export const LEFT_OUT = ['properties.spec.ts', 'sample-app.spec.ts'];
