/** What policies take in memory, each kind in a process of its own. */
import { LIMIT, OURS, QUICK_ENGINES } from '../contestants/decisions/index.mjs';
import { inChild } from '../harness/child.mjs';
import { sectionsOf, SIZES } from '../workload/policies.mjs';

/** Bound engines share what is bound; an interpreter keeps the document. */
const ENGINES = QUICK_ENGINES.filter(({ name }) => !/bound|interpreter/.test(name)).map(({ name }) => name);

/** Cedar keeps its policies in WebAssembly, where no garbage collector counts them. */
const KEPT = [...ENGINES, 'casbin', 'document', 'text', 'explained'];

/** What aims are about is measured with more policies: V8 counts its heap in pages. */
const COMPARED = new Set([OURS, LIMIT, 'text', 'explained']);

/**
 * @param {{ policies: number, peersPolicies: number }} plan How many of the small policies to make; of the large ones it
 * is one.
 */
export async function measureMemory({ policies: many, peersPolicies }) {
  const sizes = [];
  for (const [place, size] of SIZES.entries()) {
    const kept = {};
    for (const name of KEPT) {
      const policies = place > 0 ? 1 : COMPARED.has(name) ? many : peersPolicies;
      const child = { kept: name, size, policies };
      kept[name] = (await inChild('memory', child, { execArgv: ['--expose-gc'] })).bytesEach;
    }
    const masks = kept[OURS] - kept.text;
    sizes.push({ sections: sectionsOf(size), kept, masks, timesLimit: masks / kept[LIMIT] });
  }
  return sizes;
}

/** @param {{ tokens: number }} plan */
export function measureSharing(plan) {
  return inChild('sharing', plan);
}
