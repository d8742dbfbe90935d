/** Requests by how many tokens there are. */
import { inChild } from '../harness/child.mjs';
import { summary } from '../harness/statistics.mjs';

/** @param {{ memory: object, postgres: object }} plan */
export async function measureTokens({ memory, postgres }) {
  const inMemory = await inChild('tokens-in-memory', memory, { execArgv: ['--max-old-space-size=6144'] });
  const inPostgres = await inChild('tokens-in-postgres', postgres);
  return {
    memory: { heapBytes: inMemory.heapBytes, series: summarised(inMemory.timings) },
    postgres:
      inPostgres.skipped === undefined
        ? { ...inPostgres, timings: undefined, series: summarised(inPostgres.timings) }
        : inPostgres,
  };
}

function summarised(timings) {
  const kinds = [...new Set(timings.map(({ kind }) => kind))];
  return kinds.map((kind) => ({
    kind,
    points: timings
      .filter((timing) => timing.kind === kind)
      .map(({ tokens, samples }) => ({ tokens, ns: summary(samples) })),
  }));
}
