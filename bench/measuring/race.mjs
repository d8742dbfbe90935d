/** Times contestants beside one another. */

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
 * Runs all contestants once per round, in an order that moves by one each round: on a shared machine a slow spell then
 * meets everybody, and nobody always runs after the one who fills the heap.
 *
 * @param {readonly Contestant[]} contestants
 * @param {{ rounds: number, warmUps: number }} plan Warm-up rounds are thrown away.
 * @returns {Promise<Timing[]>}
 */
export async function race(contestants, { rounds, warmUps }) {
  const timings = contestants.map(({ name }) => ({ name, samples: [] }));
  for (let round = -warmUps; round < rounds; round += 1) {
    for (let step = 0; step < contestants.length; step += 1) {
      const place = (step + round + warmUps) % contestants.length;
      const perOperation = await contestants[place].sample();
      if (round >= 0) timings[place].samples.push(perOperation);
    }
  }
  return timings;
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
