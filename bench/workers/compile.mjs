/** How long it takes to make engines ready for 100,000 sections: the first time in a process, and again. */
import { LIMIT, OURS, QUICK_ENGINES } from '../contestants/decisions/index.mjs';
import { makePolicy, SIZES } from '../workload/policies.mjs';

/** @param {{ isReversed: boolean }} options Whoever comes second finds a larger heap. */
export function measure({ isReversed }) {
  const engines = QUICK_ENGINES.filter(({ name }) => name === OURS || name === LIMIT);
  if (isReversed) engines.reverse();
  return engines.map(({ name, make }) => ({ name, firstMs: msToMake(make), againMs: msToMake(make) }));
}

function msToMake(make) {
  const policy = makePolicy(SIZES[1]);
  const start = performance.now();
  const engine = make(policy);
  const spent = performance.now() - start;
  // Asked, so that it has to be there.
  engine.allows('resource_0', 'GET', '1000');
  return spent;
}
