/** Times contestants beside one another: interleaved rounds, medians and ranges. */

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {() => number | Promise<number>} sample Does one sample and answers its nanoseconds per operation.
 */

/**
 * @typedef {object} Timing
 * @property {string} name
 * @property {number} median Nanoseconds per operation.
 * @property {number} min
 * @property {number} max
 * @property {readonly number[]} samples By round, so that contestants can be compared round by round.
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
  const samples = contestants.map(() => []);
  for (let round = -warmUps; round < rounds; round += 1) {
    for (let step = 0; step < contestants.length; step += 1) {
      const place = (step + round + warmUps) % contestants.length;
      const perOperation = await contestants[place].sample();
      if (round >= 0) samples[place].push(perOperation);
    }
  }
  return contestants.map(({ name }, place) => ({
    name,
    ...summary(samples[place]),
    samples: samples[place],
  }));
}

/**
 * Median and range.
 *
 * @param {readonly number[]} values
 * @returns {{ median: number, min: number, max: number }}
 */
export function summary(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/**
 * One timing against another, round by round: what slows the machine slows both, and drops out.
 *
 * @param {Timing} timing
 * @param {Timing} base
 * @param {(value: number, baseValue: number) => number} compare
 */
export function against(timing, base, compare) {
  return summary(timing.samples.map((value, round) => compare(value, base.samples[round])));
}

/**
 * A loop of its own for one contestant, made from text so that no two share code: V8 keeps what it learns with the code,
 * and a loop that had met other contestants would treat the next worse than an application does, which has one.
 *
 * @param {string} name
 * @param {string} call The expression to time; it may use `subject` and `each`, and is counted where it is true.
 * @returns {(subject: unknown, pool: readonly unknown[]) => number}
 */
export function ownLoop(name, call) {
  return new Function(
    'subject',
    'pool',
    `// ${name}
    let count = 0;
    for (let index = 0; index < pool.length; index += 1) {
      const each = pool[index];
      if (${call}) count += 1;
    }
    return count;`,
  );
}

/**
 * @param {() => void} work
 * @returns {number} Nanoseconds.
 */
export function timed(work) {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start);
}

/**
 * Random numbers that are the same on each run.
 *
 * @param {number} seed
 * @returns {(below: number) => number}
 */
export function randomIntegers(seed) {
  let state = seed;
  return (below) => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
