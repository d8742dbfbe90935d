/** What an engine keeps in memory of a policy. Needs --expose-gc. */
import { enginesOf, OURS, QUICK_ENGINES, SLOW_ENGINES } from '../contestants/decisions/index.mjs';
import { makePolicy } from '../workload/policies.mjs';

const compile = QUICK_ENGINES.find(({ name }) => name === OURS).make;

/** What is kept, by name: the engines, and what {@link OURS} consists of. */
const KEPT = {
  text: (policy) => JSON.stringify(policy),
  document: (policy) => policy,
  explained: (policy) => {
    const compiled = compile(policy);
    compiled.decide('resource_0', 'DELETE', null);
    return compiled;
  },
};

/**
 * @param {object} options
 * @param {string} options.kept A key of {@link KEPT} or of the slow engines, or the name of a quick engine.
 * @param {{ resources: number, items: number }} options.size
 * @param {number} options.policies How many policies, each with other items, so that no strings are shared.
 */
export async function measure({ kept, size, policies }) {
  const make = await makerOf(kept);
  // Compiled code is not what is asked for.
  for (let edition = 0; edition < 50; edition += 1)
    await make(makePolicy({ resources: 5, items: 5 }, edition));
  const engines = [];
  const before = usedBytes();
  for (let edition = 1; edition <= policies; edition += 1)
    engines.push(await make(makePolicy(size, edition)));
  // What is referred to weakly may go when the event loop has turned.
  await new Promise(setImmediate);
  const bytes = usedBytes() - before;
  return { bytesEach: bytes / engines.length };
}

async function makerOf(kept) {
  if (kept in KEPT) return KEPT[kept];
  if (kept in SLOW_ENGINES) return (await enginesOf(kept)).at(-1).make;
  return QUICK_ENGINES.find(({ name }) => name === kept).make;
}

function usedBytes() {
  // Twice: what finalisers let go is free only then.
  global.gc();
  global.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
