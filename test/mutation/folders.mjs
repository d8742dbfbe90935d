/**
 * The folders of lib that are mutated, each with the tests that authorize it: unit tests, which take a second. The tests over
 * HTTP would take hours, so that what they alone notice counts as not noticed.
 */
export const folders = {
  policy: ['unit/policy'],
  repositories: ['unit/repositories', 'unit/stores/store-kit.spec.ts'],
  http: ['unit/http'],
  tokens: ['unit/tokens'],
  guards: ['unit/guards'],
};

/** Random properties: what they notice they may not notice the next time. */
export const LEFT_OUT = ['unit/policy/properties'];
