import { folders, LEFT_OUT } from './folders.mjs';

const { MUTATED_FOLDER: folder = 'policy' } = process.env;
// Read by all-tests.cjs, in the processes that Stryker starts.
process.env.MUTATION_TESTS = JSON.stringify({ tests: folders[folder], leftOut: LEFT_OUT });

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: [`lib/${folder}/**/*.ts`],
  testRunner: 'jest',
  jest: {
    projectType: 'custom',
    configFile: 'jest.config.mjs',
    config: {
      testMatch: ['<rootDir>/test/mutation/all-tests.cjs'],
      testEnvironment: './test/mutation/stop-at-failure.environment.cjs',
    },
    // Jest can't see what all-tests.cjs requires.
    enableFindRelatedTests: false,
  },
  coverageAnalysis: 'perTest',
  // The copy that is mutated lies inside the repository, where Node finds its packages without links.
  symlinkNodeModules: false,
  tempDirName: '.stryker-tmp',
  cleanTempDir: 'always',
  ignorePatterns: ['/bench', '/coverage', '/dist', '/docs', '/sample-app', '/test/mutation/reports'],
  incremental: true,
  incrementalFile: `test/mutation/reports/${folder}.incremental.json`,
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { logTests: false, reportTests: false },
  jsonReporter: { fileName: `test/mutation/reports/${folder}.json` },
  thresholds: { high: 95, low: 90, break: 90 },
};
