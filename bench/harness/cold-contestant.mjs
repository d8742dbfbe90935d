import { timedUntilSettled } from './clock.mjs';
import { summary } from './statistics.mjs';

/**
 * The CPU time that this process takes for such requests, without what a database takes meanwhile.
 *
 * @param {string} name
 * @param {() => Promise<unknown>} request
 * @param {{ requests: number }} plan
 * @returns {import('./race.mjs').Contestant}
 */
export function cpuContestant(name, request, { requests }) {
  return {
    name,
    async sample() {
      const before = process.cpuUsage();
      for (let count = 0; count < requests; count += 1) await request();
      const { user, system } = process.cpuUsage(before);
      return ((user + system) * 1_000) / requests;
    },
  };
}

/**
 * Requests whose tokens are not in the cache, as a contestant of a race: one after the other, each until it is answered.
 *
 * @param {string} name
 * @param {{ guard: { canActivate(context: object): any } }} application Without a cache.
 * @param {() => object} makeContext A new request that is to be let in.
 * @param {{ requests: number }} plan
 * @returns {import('./race.mjs').Contestant}
 */
export function coldContestant(name, { guard }, makeContext, { requests }) {
  return {
    name,
    async sample() {
      const samples = [];
      for (let count = 0; count < requests; count += 1) {
        const context = makeContext();
        let admitted;
        samples.push(await timedUntilSettled(async () => (admitted = await guard.canActivate(context))));
        if (admitted !== true) throw new Error(`${name} let nobody in`);
      }
      return summary(samples).median;
    },
  };
}
