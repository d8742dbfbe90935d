/** The policies that decisions are timed with. */
import { randomIntegers } from '../harness/random.mjs';

/** The kinds of section that people write: read only, all but a few, nothing, everything, silent about most. */
const SECTIONS = [
  { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] },
  { allow: ['*'], block: ['DELETE'] },
  { block: ['*'] },
  { allow: ['*'] },
  { block: ['POST', 'PUT', 'PATCH'] },
  { allow: ['PUT'] },
];

/** The policies of the tables: a small one, and one of 100,000 sections. */
export const SIZES = [
  { resources: 5, items: 5 },
  { resources: 200, items: 500 },
];

/** The policies of the plot: from 31 sections to 100,201. */
export const GROWING = [
  { resources: 5, items: 5 },
  { resources: 20, items: 14 },
  { resources: 60, items: 49 },
  { resources: 150, items: 199 },
  { resources: 200, items: 500 },
];

/**
 * A policy of `resources` policy IDs with `items` item sections each, sections of every kind, and one for everything.
 *
 * @param {{ resources: number, items: number }} size
 * @param {number} [edition] Another edition lists other items.
 */
export function makePolicy({ resources, items }, edition = 0) {
  const random = randomIntegers(resources * 1_000 + items + edition);
  const section = () => SECTIONS[random(SECTIONS.length)];
  const document = { '*': { block: ['DELETE'] } };
  for (let resource = 0; resource < resources; resource += 1) {
    const sections = { '*': section() };
    for (let item = 0; item < items; item += 1) sections[itemId(item, edition)] = section();
    document[policyId(resource)] = sections;
  }
  // As text and back: the objects of a policy come from a database, none is shared.
  return JSON.parse(JSON.stringify({ resources: document }));
}

/** How many sections such a policy has. */
export function sectionsOf({ resources, items }) {
  return resources * (items + 1) + 1;
}

export function policyId(index) {
  return `resource_${index}`;
}

export function itemId(index, edition = 0) {
  return String(1_000 + edition * 1_000_000 + index * 7);
}
