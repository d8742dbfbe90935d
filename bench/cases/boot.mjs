/** The start of an application with and without the module, in new processes that take turns. */
import { inChild } from '../harness/child.mjs';
import { race } from '../harness/race.mjs';
import { against, over, summary } from '../harness/statistics.mjs';

/** @param {{ handlers: number, rounds: number, warmUps: number }} plan */
export async function measureBoot(plan) {
  const contestant = (name, isGuarded) => ({
    name,
    sample: async () => (await inChild('boot', { handlers: plan.handlers, isGuarded })).startedMs,
  });
  const contestants = [contestant('without', false), contestant('with', true)];
  const [without, guarded] = (await race(contestants, plan)).map(({ samples }) => samples);
  return {
    handlers: plan.handlers,
    withoutMs: summary(without),
    withMs: summary(guarded),
    overMs: against(guarded, without, over),
  };
}
