/** Times contestants beside one another. */
import { randomInt } from 'node:crypto';

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {() => number | Promise<number>} sample Does one sample and answers its nanoseconds per operation.
 */

/**
 * @typedef {object} Timing
 * @property {string} name
 * @property {readonly number[]} samples Nanoseconds per operation, by round, so that contestants can be compared round by
 * round.
 */

/**
 * Runs all contestants once per round, in an order that is drawn anew each time: on a shared machine a slow spell then
 * meets everybody, and nobody always runs after the one who fills the heap.
 *
 * @param {readonly Contestant[]} contestants
 * @param {{ rounds: number, warmUps: number }} plan Warm-up rounds are thrown away.
 * @returns {Promise<Timing[]>}
 */
export async function race(contestants, { rounds, warmUps }) {
  const timings = contestants.map(({ name }) => ({ name, samples: [] }));
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const place of shuffled(contestants.length)) {
      const perOperation = await contestants[place].sample();
      if (round >= 0) timings[place].samples.push(perOperation);
    }
  }
  return timings;
}

/** The numbers below `count`, in a random order (Fisher and Yates). */
function shuffled(count) {
  const order = Array.from({ length: count }, (_, place) => place);
  for (let last = count - 1; last > 0; last -= 1) {
    const drawn = randomInt(last + 1);
    [order[last], order[drawn]] = [order[drawn], order[last]];
  }
  return order;
}

/**
 * The timings of several races of the same contestants as those of one.
 *
 * @param {readonly (readonly Timing[])[]} races
 * @returns {Timing[]}
 */
export function joined([first, ...others]) {
  return first.map((timing, place) => ({
    ...timing,
    samples: [timing, ...others.map((timings) => timings[place])].flatMap(({ samples }) => samples),
  }));
}
