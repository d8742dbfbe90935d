/** Tokens that are not in the cache, and those that cannot be tokens. */
import { inChild } from '../harness/child.mjs';
import { summary } from '../harness/statistics.mjs';
import { measureFlood } from './flood.mjs';

/** @param {{ tokens: number, malformed: object, flood: object }} plan */
export async function measureCold({ tokens, malformed, flood }) {
  const rejections = await inChild('malformed', malformed);
  return {
    reads: await inChild('cold-reads', { tokens }),
    malformed: rejections.map(({ name, samples }) => ({ name, ns: summary(samples) })),
    flood: await measureFlood(flood),
  };
}
