/** The guard by how many handlers the application has. */
import { inChild } from '../harness/child.mjs';
import { summary } from '../harness/statistics.mjs';

/** @param {{ handlers: number[], sampleNs: number, turns: number, rounds: number, warmUps: number }} plan */
export async function measureRoutes(plan) {
  const timings = await inChild('routes', plan);
  return timings.map(({ handlers, samples }) => ({ handlers, ns: summary(samples) }));
}
