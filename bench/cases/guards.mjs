/** Guards, called directly. */
import { EMPTY, LIMIT, OURS } from '../contestants/guards/index.mjs';
import { inChild } from '../harness/child.mjs';
import { joined } from '../harness/race.mjs';
import { against, over, summary, times } from '../harness/statistics.mjs';

/** @param {{ processes: number, only?: string[], sampleNs: number, turns: number, rounds: number, warmUps: number }} plan */
export async function measureGuards({ processes, ...plan }) {
  const runs = [];
  for (let count = 0; count < processes; count += 1) runs.push(await inChild('guards', plan));
  const timings = joined(runs);
  const named = (wanted) => timings.find(({ name }) => name === wanted).samples;
  const empty = named(EMPTY);
  const overEmpty = (samples) => samples.map((value, round) => over(value, empty[round]));
  const ours = overEmpty(named(OURS));
  const limit = overEmpty(named(LIMIT));
  return timings.map(({ name, samples, asked, wrong }) => ({
    name,
    asked,
    wrong,
    ns: summary(samples),
    ...(name === EMPTY
      ? {}
      : {
          overEmpty: summary(overEmpty(samples)),
          timesOurs: against(overEmpty(samples), ours, times),
          timesLimit: against(overEmpty(samples), limit, times),
        }),
  }));
}
