/** How long a policy of 100,000 sections takes to compile, in several processes. */
import { inChild } from '../harness/child.mjs';
import { summary } from '../harness/statistics.mjs';

/** @param {{ processes: number }} plan */
export async function measureCompile({ processes }) {
  const runs = [];
  for (let count = 0; count < processes; count += 1) {
    runs.push(...(await inChild('compile', { isReversed: count % 2 === 1 })));
  }
  const names = [...new Set(runs.map(({ name }) => name))];
  return names.map((name) => {
    const own = runs.filter((run) => run.name === name);
    return {
      name,
      firstMs: summary(own.map(({ firstMs }) => firstMs)),
      againMs: summary(own.map(({ againMs }) => againMs)),
    };
  });
}
