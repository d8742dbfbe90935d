import { admittedContexts } from '../workload/repository-route.mjs';
import { timed, timedUntilSettled } from './clock.mjs';
import { ownAwaitingLoop, ownLoop } from './own-loop.mjs';
import { summary } from './statistics.mjs';

/**
 * Few enough requests that they are still in the processor's cache when the guard reads them, as those are that a server
 * has just parsed; then a turn of the event loop, so that timers run.
 */
const REQUESTS_PER_TURN = 25;

const CALL = 'subject.canActivate(each)';

/**
 * An open guard as a contestant of a race.
 *
 * @param {import('../contestants/guards/index.mjs').GuardContestant} contestant
 * @param {import('../contestants/guards/index.mjs').OpenGuard} open
 * @param {{ sampleNs: number, turns: number }} plan A sample has at most so many turns, and ends when it has taken so
 * long.
 * @param {(count: number) => object[]} [makeContexts] New requests that are to be let in.
 * @returns {import('./race.mjs').Contestant}
 */
export function guardContestant({ name, awaits = false }, open, plan, makeContexts) {
  const { guard, route, secrets } = open;
  const make = makeContexts ?? ((count) => admittedContexts(route, secrets, count));
  const time = awaits ? awaitingTurn(name, guard) : turn(name, guard);
  const isTrue = (admitted, pool) => {
    if (admitted !== pool.length) throw new Error(`${name} let in ${admitted} of ${pool.length} at once`);
  };
  return {
    name,
    async sample() {
      const turns = [];
      let spent = 0;
      for (let count = 0; count < plan.turns && spent < plan.sampleNs; count += 1) {
        // New requests each time: a guard may leave its answer on a request and not work twice for it.
        const pool = make(REQUESTS_PER_TURN);
        const { nanoseconds, admitted } = await time(pool);
        isTrue(admitted, pool);
        turns.push(nanoseconds);
        spent += nanoseconds;
        await new Promise(setImmediate);
      }
      // The median turn: one in which the machine gave the core to somebody else says nothing about a guard.
      return summary(turns).median / REQUESTS_PER_TURN;
    },
  };
}

/** Counts only what is admitted at once, with a boolean. */
function turn(name, guard) {
  const loop = ownLoop(name, `${CALL} === true`);
  return (pool) => {
    let admitted = 0;
    const nanoseconds = timed(() => (admitted = loop(guard, pool)));
    return { nanoseconds, admitted };
  };
}

function awaitingTurn(name, guard) {
  const loop = ownAwaitingLoop(name, CALL);
  return async (pool) => {
    let admitted = 0;
    const nanoseconds = await timedUntilSettled(async () => {
      admitted = await loop(guard, pool);
    });
    return { nanoseconds, admitted };
  };
}
