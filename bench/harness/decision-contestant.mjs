import { FreshRequests } from '../workload/decision-requests.mjs';
import { timed } from './clock.mjs';
import { ownLoop } from './own-loop.mjs';
import { summary } from './statistics.mjs';

/** Few enough that the new strings are in the processor's cache, as one is that a parser has just made. */
const FRESH_AT_ONCE = 256;

/**
 * An engine as a contestant of a race.
 *
 * @param {object} options
 * @param {import('../contestants/decisions/index.mjs').DecisionContestant} options.engine
 * @param {any} options.subject What the engine made of the policy.
 * @param {object[]} options.requests
 * @param {string} options.label
 * @param {number} options.sampleNs About how long a sample takes.
 * @param {boolean} options.isFresh Whether each resource ID is a string that nobody has seen, or one of a few thousand
 * that come again and again, whose hashes V8 knows.
 * @returns {import('./race.mjs').Contestant}
 */
export function decisionContestant({ engine, subject, requests, label, sampleNs, isFresh }) {
  const loop = ownLoop(`${engine.name}, ${label}`, engine.call);
  const prepare = engine.prepare?.() ?? ((_, request) => request);
  const prepared = requests.map((request) => prepare(subject, request));
  const source = new FreshRequests(prepared);
  // What is not fresh comes in one pass, so that the passes do not begin with the same few.
  const atOnce = isFresh ? FRESH_AT_ONCE : prepared.length;
  let batch = 1;
  let asked = 0;
  let allowed = 0;
  return {
    name: engine.name,
    sample() {
      const batches = [];
      let spent = 0;
      do {
        const pool = isFresh ? source.take(batch) : prepared.slice(0, batch);
        const nanoseconds = timed(() => (allowed += loop(subject, pool)));
        batches.push(nanoseconds / pool.length);
        spent += nanoseconds;
        asked += pool.length;
        // A slow engine is asked once or a few times, whatever that takes.
        const affordable = Math.round(sampleNs / batches.at(-1) / 8);
        batch = Math.max(1, Math.min(atOnce, batch * 2, affordable));
      } while (spent < sampleNs);
      if (allowed === 0 && asked > 100) throw new Error(`${engine.name} allowed nothing`);
      // The median batch: one in which the machine gave the core to somebody else says nothing about an engine.
      return summary(batches).median;
    },
  };
}
