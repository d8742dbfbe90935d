/** Decisions, of all engines beside the limit. */
import { SLOW_ENGINES } from '../contestants/decisions/index.mjs';
import { inChild } from '../harness/child.mjs';
import { joined } from '../harness/race.mjs';
import { against, summary, times } from '../harness/statistics.mjs';
import { sectionsOf, SIZES } from '../workload/policies.mjs';

/**
 * @param {object} plan
 * @param {number} plan.processes How many processes time the quick engines, one after the other.
 * @param {object | null} plan.slow What is different for slow engines, each in a process of its own; null leaves them out.
 */
export async function measureDecisions({ processes, slow, ...plan }) {
  const runs = [];
  for (let count = 0; count < processes; count += 1) {
    runs.push(await inChild('decisions', { ...plan, sizes: SIZES }));
  }
  const sizes = SIZES.map((size, place) => {
    const timings = joinedRuns(runs.map((run) => run[place].timings));
    return { ...size, sections: sectionsOf(size), engines: timings.map((each) => summarised(each, timings)) };
  });
  if (slow !== null) await addSlowEngines(sizes, { ...plan, ...slow });
  return sizes;
}

async function addSlowEngines(sizes, plan) {
  for (const [key, { name, note, tooLarge }] of Object.entries(SLOW_ENGINES)) {
    for (const [place, { engines }] of sizes.entries()) {
      engines.push(
        place > 0 && tooLarge !== undefined
          ? { name, note, leftOut: tooLarge }
          : await slowEngine(key, SIZES[place], plan).catch(({ message }) => ({
              name,
              note,
              leftOut: message,
            })),
      );
    }
  }
}

/** Node 20's V8 ends most processes in which Cedar was inlined, when it has to undo that; without, Cedar is as fast. */
const NO_CRASH = { execArgv: ['--no-turbo-inline-js-wasm-calls'] };

/** With a process of its own, whose end is nobody else's. */
async function slowEngine(key, size, plan) {
  const [{ timings }] = await inChild('decisions', { ...plan, slow: key, sizes: [size] }, NO_CRASH);
  return summarised(timings.at(-1), timings);
}

function joinedRuns(runs) {
  const kept = joined(runs.map((timings) => timings.map(({ keptSamples }) => ({ samples: keptSamples }))));
  return joined(runs).map((timing, place) => ({
    ...timing,
    keptSamples: kept[place].samples,
    madeSamples: runs.map((timings) => timings[place].madeMs),
  }));
}

function summarised(timing, timings) {
  const { name, note, samples, keptSamples, compared, different } = timing;
  const limit = timings.find((each) => each.name === timing.limit);
  const { madeSamples = [timing.madeMs] } = timing;
  const common = { name, note, compared, different, madeMs: summary(madeSamples) };
  const fresh = { ns: summary(samples), timesLimit: against(samples, limit.samples, times) };
  if (keptSamples.length === 0) return { ...common, fresh };
  const kept = { ns: summary(keptSamples), timesLimit: against(keptSamples, limit.keptSamples, times) };
  return { ...common, fresh, kept };
}
