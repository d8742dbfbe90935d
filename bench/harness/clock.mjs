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
 * @param {() => Promise<void>} work
 * @returns {Promise<number>} Nanoseconds until it has settled.
 */
export async function timedUntilSettled(work) {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start);
}
