import { setTimeout as wait } from 'node:timers/promises';
import { TestEnvironment } from 'jest-environment-node';

/** How long what was closed may take to be gone. */
const PATIENCE_MS = 3_000;
const STEP_MS = 20;

/**
 * Fails a file of tests that leaves open what keeps Node from ending: servers, sockets, timers, processes. Where Jest runs
 * files in its own process it would never end; where it runs them in workers it kills them and says nothing.
 */
export default class ClosingEnvironment extends TestEnvironment {
  #before = new Map();

  async setup() {
    await super.setup();
    openStandardStreams();
    this.#before = activeResources();
  }

  /** Asks before the modules of the tests are gone, of which closing may need one. */
  async handleTestEvent(event, state) {
    if (event.name !== 'run_finish') return;
    const until = performance.now() + PATIENCE_MS;
    let left = this.#left();
    while (left.length > 0 && performance.now() < until) {
      await wait(STEP_MS);
      left = this.#left();
    }
    if (left.length === 0) return;
    const message = `These tests leave open: ${left.join(', ')}. See where it was opened with jest --detectOpenHandles.`;
    const error = new Error(message);
    // Its place says nothing.
    error.stack = message;
    state.unhandledErrors.push([error, undefined]);
  }

  #left() {
    return [...activeResources()]
      .map(([kind, count]) => [kind, count - (this.#before.get(kind) ?? 0)])
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => `${count} ${kind}`);
  }
}

/** Node opens these when they are first asked for, as pipes in Jest's workers. The first line of a log is no leak. */
function openStandardStreams() {
  return [process.stdout, process.stderr];
}

/** How many of each kind keep this process running. */
function activeResources() {
  const counts = new Map();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
