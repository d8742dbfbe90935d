/**
 * The folders of lib that are mutated, each with the tests that are asked: unit tests, which take a second. The tests over
 * HTTP would take hours, so that what they alone notice counts as not noticed.
 */
export const folders = {
  policy: ['unit/policy'],
  secrets: ['unit/secrets'],
  authentication: ['unit/authentication', 'unit/guards', 'unit/tokens', 'unit/management'],
  management: ['unit/management', 'unit/tokens', 'unit/authentication'],
  guards: ['unit/guards', 'unit/authentication'],
  request: ['unit/request', 'unit/guards'],
  routes: ['unit/routes', 'unit/decorators.spec.ts', 'unit/overriding.spec.ts'],
};

/** Random properties: what they notice they may not notice the next time. */
export const LEFT_OUT = ['unit/policy/properties'];
