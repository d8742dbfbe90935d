/** The engines' decisions, timed beside one another. */
import { ENGINES } from './engines.mjs';
import { ownLoop, race, timed } from './harness.mjs';
import { makePolicy, makeRequests } from './workload.mjs';

const COMPARED = 5_000;
const POOL = 4_096;
const SAMPLE_NANOSECONDS = 20e6;

/**
 * Times all engines on a policy of one size, after comparing their answers.
 *
 * @param {{ resources: number, items: number }} size
 * @param {{ rounds: number, warmUps: number }} plan
 */
export async function raceDecisions({ resources, items }, plan) {
  const policy = makePolicy(resources, items);
  const engines = ENGINES.map(({ name, make }) => ({ name, engine: make(policy) }));
  const compared = makeRequests(resources, items, { count: COMPARED, seed: 1 });
  const wrong = engines.map(({ engine }) => differences(engines[0].engine, engine, compared));
  const contestants = engines.map(({ name, engine }) => {
    // Strings of their own for each: some engines change how V8 keeps a string they have looked up.
    const pool = makeRequests(resources, items, { count: POOL, seed: 2 });
    return decisionContestant(`${name}, ${resources} x ${items}`, engine, pool);
  });
  const timings = await race(contestants, plan);
  return {
    resources,
    items,
    compared: COMPARED,
    timings: timings.map((timing, index) => ({
      ...timing,
      name: engines[index].name,
      wrong: wrong[index],
    })),
  };
}

function differences(one, other, requests) {
  const differ = ({ policyId, method, resourceId }) =>
    one.allows(policyId, method, resourceId) !== other.allows(policyId, method, resourceId);
  return requests.filter(differ).length;
}

function decisionContestant(name, engine, pool) {
  const loop = ownLoop(name, 'subject.allows(each.policyId, each.method, each.resourceId)');
  let passes = 1;
  return {
    name,
    sample() {
      let allowed = 0;
      const nanoseconds = timed(() => {
        for (let pass = 0; pass < passes; pass += 1) allowed += loop(engine, pool);
      });
      if (allowed === 0) throw new Error(`${name} allowed nothing`);
      const perPass = nanoseconds / passes;
      // As many passes the next time as fill a sample; a slow engine gets one, whatever it takes.
      passes = Math.max(1, Math.round(SAMPLE_NANOSECONDS / perPass));
      return perPass / pool.length;
    },
  };
}
