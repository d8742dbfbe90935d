/** The policies and the requests that decisions are timed with. */
import { randomIntegers } from './harness.mjs';

/**
 * The methods that are asked for. Without HEAD, which `compilePolicy` ties to GET and the other engines do not, and
 * without rare ones, which it allows only where a policy names them.
 */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The kinds of section that people write: read only, all but a few, nothing, everything, silent about most. */
const SECTIONS = [
  { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] },
  { allow: ['*'], block: ['DELETE'] },
  { block: ['*'] },
  { allow: ['*'] },
  { block: ['POST', 'PUT', 'PATCH'] },
  { allow: ['PUT'] },
];

/**
 * A policy of `resources` policy IDs with `items` item sections each, sections of every kind, and one for everything.
 *
 * @param {number} resources
 * @param {number} items
 */
export function makePolicy(resources, items) {
  const random = randomIntegers(resources * 1_000 + items);
  const section = () => SECTIONS[random(SECTIONS.length)];
  const document = { '*': { block: ['DELETE'] } };
  for (let resource = 0; resource < resources; resource += 1) {
    const sections = { '*': section() };
    for (let item = 0; item < items; item += 1) sections[itemId(item)] = section();
    document[policyId(resource)] = sections;
  }
  // As text and back: the objects of a policy come from a database, none is shared.
  return JSON.parse(JSON.stringify({ resources: document }));
}

/**
 * Random requests of such a policy: a fifth to collections, three fifths to listed items, the rest to items nobody
 * lists; one in ten to a policy ID that the policy does not speak of.
 *
 * @param {number} resources
 * @param {number} items
 * @param {{ count: number, seed: number }} plan
 * @returns {{ policyId: string, method: string, resourceId: string | null }[]}
 */
export function makeRequests(resources, items, { count, seed }) {
  const random = randomIntegers(seed);
  // One string per policy ID and method, as in an application, where they come from decorators and from Node's parser.
  const policyIds = Array.from({ length: Math.ceil(resources / 0.9) }, (_, index) => policyId(index));
  return Array.from({ length: count }, () => {
    const kind = random(5);
    const item = itemId(kind === 4 ? items + random(items) : random(items));
    return {
      policyId: policyIds[random(policyIds.length)],
      method: METHODS[random(METHODS.length)],
      // A string of its own, as a router cuts it out of a path: not the object that is the key in the policy.
      resourceId: kind === 0 ? null : Buffer.from(item).toString('latin1'),
    };
  });
}

function policyId(index) {
  return `resource_${index}`;
}

function itemId(index) {
  return String(1_000 + index * 7);
}
