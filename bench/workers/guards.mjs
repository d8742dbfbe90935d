/** Asks the guards the same, and times them, called directly. */
import { HttpException } from '@nestjs/common';
import { GUARDS } from '../contestants/guards/index.mjs';
import { guardContestant } from '../harness/guard-contestant.mjs';
import { race } from '../harness/race.mjs';
import { askedOfGuards } from '../workload/repository-route.mjs';

/** Many tokens: what is looked up should not always be what was looked up last. */
const TOKENS = 16;

/**
 * @param {object} plan
 * @param {string[]} [plan.only] The names of the guards to time. Default all.
 * @param {number} plan.sampleNs
 * @param {number} plan.turns
 * @param {number} plan.rounds
 * @param {number} plan.warmUps
 */
export async function measure(plan) {
  const contestants = GUARDS.filter(({ name }) => plan.only?.includes(name) ?? true);
  const opened = [];
  for (const contestant of contestants) {
    const open = await contestant.open(TOKENS);
    opened.push({ contestant, open, answers: await answersOf(open) });
  }
  const timings = await race(
    opened.map(({ contestant, open }) => guardContestant(contestant, open, plan)),
    plan,
  );
  for (const { open } of opened) await open.close?.();
  return timings.map((timing, place) => ({ ...timing, ...opened[place].answers }));
}

async function answersOf({ guard, route, secrets }) {
  const asked = askedOfGuards(route, secrets);
  const wrong = [];
  for (const { about, admit, context } of asked) {
    if ((await admits(guard, context)) !== admit) wrong.push(about);
  }
  return { asked: asked.length, wrong: wrong.join('; ') };
}

async function admits(guard, context) {
  try {
    return (await guard.canActivate(context)) === true;
  } catch (error) {
    if (error instanceof HttpException) return false;
    throw error;
  }
}
