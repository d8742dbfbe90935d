/** Valid requests with and without a flood of unknown tokens, in two processes that take turns. */
import { startChild } from '../harness/child.mjs';
import { against, summary, times } from '../harness/statistics.mjs';

/** @param {{ perSecond: number, ms: number, rounds: number, warmUps: number }} plan */
export async function measureFlood({ perSecond, ms, rounds, warmUps }) {
  // Enough that none is presented twice.
  const prepared = Math.ceil((perSecond * ms * (rounds + warmUps) * 1.2) / 1_000);
  const calm = await startChild('flood', { perSecond: 0, prepared });
  const flooded = await startChild('flood', { perSecond, prepared });
  const answers = { calm: [], flooded: [] };
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const [name, child] of Object.entries({ calm, flooded })) {
      const answer = await child.ask({ ms });
      if (round >= 0) answers[name].push(answer);
    }
  }
  await calm.stop();
  await flooded.stop();
  const column = (name, field) => answers[name].map((answer) => answer[field]);
  const compared = (field) => ({
    calm: summary(column('calm', field)),
    flooded: summary(column('flooded', field)),
    times: against(column('flooded', field), column('calm', field), times),
  });
  return {
    perSecond,
    presentedPerSecond: summary(column('flooded', 'presentedPerSecond')),
    median: compared('ns'),
    mean: compared('meanNs'),
  };
}
