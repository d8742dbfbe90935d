/** The guard with tokens whose policies grow, in one application. */
import { InMemoryApiTokenStore } from 'nestjs-api-token';
import { compilePolicy } from 'nestjs-api-token/policy';
import { openApplication } from '../contestants/guards/api-token-policy-guard.mjs';
import { guardContestant } from '../harness/guard-contestant.mjs';
import { race } from '../harness/race.mjs';
import { randomIntegers } from '../harness/random.mjs';
import { makeContext } from '../workload/http-context.mjs';
import { insertToken } from '../workload/many-tokens.mjs';
import { GROWING, makePolicy, sectionsOf } from '../workload/policies.mjs';
import { POLICY_ID } from '../workload/repository-route.mjs';

/** @param {{ sampleNs: number, turns: number, rounds: number, warmUps: number }} plan */
export async function measure(plan) {
  const store = new InMemoryApiTokenStore();
  const application = await openApplication({}, { useValue: store });
  const contestants = [];
  for (const size of GROWING) {
    const sections = sectionsOf(size);
    const policy = policyOf(sections);
    // Straight into the store: nobody may issue a token with a policy of this size, but it is read all the same.
    const secret = await insertToken(store, JSON.stringify(policy));
    const makeContexts = readableContexts(application.route, policy, secret);
    contestants.push(guardContestant({ name: `${sections} sections` }, application, plan, makeContexts));
  }
  const timings = await race(contestants, plan);
  await application.close();
  return GROWING.map((size, place) => ({ sections: sectionsOf(size), samples: timings[place].samples }));
}

/** All of its sections are of the one resource that the application has. */
function policyOf(sections) {
  const { '*': global, resource_0: listed } = makePolicy({ resources: 1, items: sections - 2 }).resources;
  return { resources: { '*': global, [POLICY_ID]: listed } };
}

function readableContexts(route, policy, secret) {
  const compiled = compilePolicy(policy);
  const ids = Object.keys(policy.resources[POLICY_ID]).filter(
    (id) => id !== '*' && compiled.allows(POLICY_ID, 'GET', id),
  );
  const random = randomIntegers(ids.length);
  return (count) =>
    Array.from({ length: count }, () => makeContext(route, ids[random(ids.length)], [`Bearer ${secret}`]));
}
