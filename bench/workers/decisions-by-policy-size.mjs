/** Times decisions on policies of growing size, all beside one another. */
import {
  CASL_CONDITIONS,
  INTERPRETER,
  LIMIT,
  LIMIT_BOUND,
  OURS,
  OURS_BOUND,
  QUICK_ENGINES,
} from '../contestants/decisions/index.mjs';
import { decisionContestant } from '../harness/decision-contestant.mjs';
import { race } from '../harness/race.mjs';
import { makeRequests } from '../workload/decision-requests.mjs';
import { GROWING, makePolicy, sectionsOf } from '../workload/policies.mjs';

const POOL = 4_096;

const DRAWN = new Set([OURS, LIMIT, OURS_BOUND, LIMIT_BOUND, INTERPRETER, CASL_CONDITIONS]);

/** @param {{ sampleNs: number, rounds: number, warmUps: number }} plan */
export async function measure(plan) {
  const runs = GROWING.flatMap((size) =>
    QUICK_ENGINES.filter(({ name }) => DRAWN.has(name)).map((engine) => ({
      name: engine.name,
      sections: sectionsOf(size),
      contestant: decisionContestant({
        engine,
        subject: engine.make(makePolicy(size)),
        requests: makeRequests(size, { count: POOL, seed: 3 }),
        label: `${sectionsOf(size)} sections`,
        sampleNs: plan.sampleNs,
        isFresh: true,
      }),
    })),
  );
  const timings = await race(
    runs.map(({ contestant }) => contestant),
    plan,
  );
  return runs.map(({ name, sections }, place) => ({ name, sections, samples: timings[place].samples }));
}
