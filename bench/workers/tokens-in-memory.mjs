/** Requests by how many tokens there are, in stores in memory that are all there at once. */
import { ApiTokenService, InMemoryApiTokenStore } from 'nestjs-api-token';
import { issueTokens, openApplication } from '../contestants/guards/api-token-policy-guard.mjs';
import { coldContestant } from '../harness/cold-contestant.mjs';
import { guardContestant } from '../harness/guard-contestant.mjs';
import { race } from '../harness/race.mjs';
import { randomDigest, storedToken } from '../workload/many-tokens.mjs';
import { admittedContexts } from '../workload/repository-route.mjs';

/** How many tokens there are of which requests are made; they are spread over the store. */
const PRESENTED = 1_000;
const WARM = 16;

/** @param {{ tokens: number[], sampleNs: number, turns: number, requests: number, rounds: number, warmUps: number }} plan */
export async function measure(plan) {
  const runs = [];
  for (const tokens of plan.tokens) runs.push(...(await contestantsOf(tokens, plan)));
  const timings = await race(
    runs.map(({ contestant }) => contestant),
    plan,
  );
  const heapBytes = process.memoryUsage().heapUsed;
  for (const { close } of runs) await close?.();
  return {
    heapBytes,
    timings: runs.map(({ kind, tokens }, place) => ({ kind, tokens, samples: timings[place].samples })),
  };
}

async function contestantsOf(tokens, plan) {
  const store = new InMemoryApiTokenStore();
  const repository = { useValue: store };
  const warm = await openApplication({}, repository);
  const cold = await openApplication({ cache: false }, repository);
  const secrets = await fill(store, warm.get(ApiTokenService), tokens);
  let next = 0;
  const coldContext = () => admittedContexts(cold.route, [secrets[(next += 1) % secrets.length]], 1)[0];
  const open = { ...warm, secrets: secrets.slice(0, WARM) };
  const name = (kind) => `${tokens} tokens, ${kind}`;
  return [
    {
      kind: 'warm',
      tokens,
      contestant: guardContestant({ name: name('warm') }, open, plan),
      close: warm.close,
    },
    {
      kind: 'cold',
      tokens,
      contestant: coldContestant(name('cold'), cold, coldContext, plan),
      close: cold.close,
    },
  ];
}

/** The secrets of those that are presented. */
async function fill(store, service, tokens) {
  const secrets = [];
  const every = Math.max(1, Math.floor(tokens / PRESENTED));
  for (let index = 0; index < tokens; index += 1) {
    if (index % every === 0) secrets.push(...(await issueTokens(service, 1)));
    else await store.insert(storedToken(index), randomDigest(), null);
  }
  return secrets;
}
