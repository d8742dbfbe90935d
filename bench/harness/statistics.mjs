/** What many samples come to. */

/**
 * @typedef {object} Summary
 * @property {number} median
 * @property {number} lower The lower quartile: a quarter of the samples are below it.
 * @property {number} upper The upper quartile.
 * @property {number} min
 * @property {number} max
 */

/**
 * @param {readonly number[]} values At least one.
 * @returns {Summary}
 */
export function summary(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    lower: quantile(sorted, 0.25),
    upper: quantile(sorted, 0.75),
    min: sorted[0],
    max: sorted.at(-1),
  };
}

/**
 * One row of samples against another, round by round: what slows the machine slows both, and drops out.
 *
 * @param {readonly number[]} samples
 * @param {readonly number[]} base
 * @param {(value: number, baseValue: number) => number} compare
 * @returns {Summary}
 */
export function against(samples, base, compare) {
  return summary(samples.map((value, round) => compare(value, base[round])));
}

/** How many times as long. */
export const times = (value, base) => value / base;

/** How much longer. */
export const over = (value, base) => value - base;

/**
 * Between which samples the median of all samples that could have been taken lies, with a probability of 95 %: counted
 * off from both ends by the binomial distribution, so that nothing is assumed of how the samples are spread.
 *
 * @param {readonly number[]} values
 * @returns {{ low: number, high: number }}
 */
export function medianInterval(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const reach = (1.96 * Math.sqrt(sorted.length)) / 2;
  return {
    low: sorted[Math.max(0, Math.floor(middle - reach))],
    high: sorted[Math.min(sorted.length - 1, Math.ceil(middle + reach))],
  };
}

function quantile(sorted, share) {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  return below + (sorted[Math.ceil(place)] - below) * (place % 1);
}
