/** What becomes of decisions, and of the guard, as the policy grows. */
import { OURS } from '../contestants/guards/index.mjs';
import { inChild } from '../harness/child.mjs';
import { joined } from '../harness/race.mjs';
import { against, summary, times } from '../harness/statistics.mjs';

/** @param {{ decisions: object, guard: object }} plan */
export async function measurePolicySize({ decisions, guard }) {
  const engines = await racedDecisions(decisions);
  const requests = await inChild('guard-by-policy-size', guard);
  return [...engines, summarised(OURS, requests)];
}

async function racedDecisions({ processes, ...plan }) {
  const runs = [];
  for (let count = 0; count < processes; count += 1) {
    runs.push(await inChild('decisions-by-policy-size', plan));
  }
  const timings = joined(runs);
  const names = [...new Set(timings.map(({ name }) => name))];
  return names.map((name) =>
    summarised(
      name,
      timings.filter((timing) => timing.name === name),
    ),
  );
}

function summarised(name, timings) {
  return {
    name,
    growth: against(timings.at(-1).samples, timings[0].samples, times),
    points: timings.map(({ sections, samples }) => ({ sections, ns: summary(samples) })),
  };
}
