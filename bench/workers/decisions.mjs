/** Compares the answers of the engines, and times them on policies of each size. */
import { enginesOf } from '../contestants/decisions/index.mjs';
import { decisionContestant } from '../harness/decision-contestant.mjs';
import { race } from '../harness/race.mjs';
import { makeRequests } from '../workload/decision-requests.mjs';
import { makePolicy } from '../workload/policies.mjs';

const COMPARED = 5_000;
const POOL = 4_096;

/**
 * @param {object} plan
 * @param {{ resources: number, items: number }[]} plan.sizes
 * @param {string[]} [plan.only] The names of the engines to time. Default all.
 * @param {string} [plan.slow] Which slow engine to time instead of the quick ones.
 * @param {number} plan.compareMs How long an engine may take to answer all that is compared.
 * @param {number} plan.sampleNs
 * @param {number} plan.rounds
 * @param {number} plan.warmUps
 */
export async function measure(plan) {
  const sizes = [];
  for (const size of plan.sizes) sizes.push({ ...size, timings: await raceEngines(size, plan) });
  return sizes;
}

async function raceEngines(size, plan) {
  const engines = [];
  const wanted = (await enginesOf(plan.slow)).filter(({ name }) => plan.only?.includes(name) ?? true);
  for (const engine of wanted) engines.push(await made(engine, makePolicy(size)));
  const asked = makeRequests(size, { count: COMPARED, seed: 1 });
  const compared = engines.map(({ ask }) => comparison(engines[0].ask, ask, asked, plan.compareMs));
  const contestants = (kind) =>
    engines.map(({ engine, subject }) =>
      decisionContestant({
        // Strings of their own for each: some engines change how V8 keeps a string they have looked up.
        requests: makeRequests(size, { count: POOL, seed: 2 }),
        label: `${size.resources} x ${size.items}, ${kind}`,
        sampleNs: plan.sampleNs,
        isFresh: kind === 'fresh',
        engine,
        subject,
      }),
    );
  const fresh = await race(contestants('fresh'), plan);
  // Slow engines do not notice, and would take as long again.
  const kept = plan.slow === undefined ? await race(contestants('kept'), plan) : [];
  return engines.map(({ engine: { name, limit, note }, madeMs }, place) => ({
    name,
    limit,
    note,
    madeMs,
    samples: fresh[place].samples,
    keptSamples: kept[place]?.samples ?? [],
    ...compared[place],
  }));
}

async function made(engine, policy) {
  const start = performance.now();
  const subject = await engine.make(policy);
  const madeMs = performance.now() - start;
  const ask = new Function('subject', 'each', `return ${engine.call};`);
  const prepare = engine.prepare?.() ?? ((_, request) => request);
  return { engine, subject, madeMs, ask: (request) => ask(subject, prepare(subject, request)) };
}

/** How many answers differ, of as many as can be had in time. */
function comparison(reference, ask, requests, compareMs) {
  const end = performance.now() + compareMs;
  let compared = 0;
  let different = 0;
  for (const request of requests) {
    if (ask(request) !== reference(request)) different += 1;
    compared += 1;
    if (performance.now() > end) break;
  }
  return { compared, different };
}
