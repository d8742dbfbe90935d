const { TestEnvironment } = require('jest-environment-node');

/** Skips what comes after a test that failed: one is enough to notice a mutant, and Jest itself stops between files only. */
module.exports = class StopAtFailureEnvironment extends TestEnvironment {
  #hasFailed = false;

  async handleTestEvent(event) {
    if (event.name === 'test_fn_failure' || event.name === 'hook_failure') this.#hasFailed = true;
    if (event.name === 'test_start' && this.#hasFailed) event.test.mode = 'skip';
  }
};
