/** The questions that decisions are timed with. */
import { randomIntegers } from '../harness/random.mjs';
import { METHODS } from './methods.mjs';
import { itemId, policyId } from './policies.mjs';

/**
 * Random requests of a policy of this size: a fifth to collections, three fifths to listed items, the rest to items
 * nobody lists; one in ten to a policy ID that the policy does not speak of.
 *
 * @param {{ resources: number, items: number }} size
 * @param {{ count: number, seed: number }} plan
 * @returns {{ policyId: string, method: string, resourceId: string | null }[]}
 */
export function makeRequests({ resources, items }, { count, seed }) {
  const random = randomIntegers(seed);
  // One string per policy ID and method, as in an application, where they come from decorators and from Node's parser.
  const policyIds = Array.from({ length: Math.ceil(resources / 0.9) }, (_, index) => policyId(index));
  return Array.from({ length: count }, () => {
    const kind = random(5);
    const item = itemId(kind === 4 ? items + random(items) : random(items));
    return {
      policyId: policyIds[random(policyIds.length)],
      method: METHODS[random(METHODS.length)],
      // A string of its own: not the object that is the key in the policy.
      resourceId: kind === 0 ? null : Buffer.from(item).toString('latin1'),
    };
  });
}

/**
 * The same requests over and over, each time with resource IDs that nobody has seen: cut out of bytes, as a server's
 * parser cuts a path, so that V8 has neither hashed nor interned them.
 */
export class FreshRequests {
  #requests;
  #bytes;
  #next = 0;

  /** @param {ReturnType<typeof makeRequests>} requests May carry more fields, which are kept. */
  constructor(requests) {
    let start = 0;
    this.#requests = requests.map((request) => {
      const end = start + (request.resourceId?.length ?? 0);
      const place = { request, start, end };
      start = end;
      return place;
    });
    this.#bytes = Buffer.from(requests.map(({ resourceId }) => resourceId ?? '').join(''), 'latin1');
  }

  /** The next `count` of them. */
  take(count) {
    return Array.from({ length: count }, () => {
      const { request, start, end } = this.#requests[this.#next];
      this.#next = (this.#next + 1) % this.#requests.length;
      return { ...request, resourceId: end === start ? null : this.#bytes.latin1Slice(start, end) };
    });
  }
}
