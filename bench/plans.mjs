/** How long each part of the bench takes. Rounds are those of each process. */
import { INTERPRETER, LIMIT, LIMIT_BOUND, OURS, OURS_BOUND } from './contestants/decisions/index.mjs';
import { CASL, DIGEST, EMPTY, LIMIT as GUARD_LIMIT, OURS as GUARD } from './contestants/guards/index.mjs';

/** `npm run bench`: under ten minutes on a machine that has nothing else to do. */
export const FULL = {
  decisions: {
    processes: 5,
    rounds: 5,
    warmUps: 3,
    sampleNs: 10e6,
    compareMs: 5_000,
    slow: { rounds: 5, warmUps: 1 },
  },
  policySize: {
    decisions: { processes: 3, rounds: 5, warmUps: 3, sampleNs: 8e6 },
    guard: { rounds: 10, warmUps: 4, sampleNs: 20e6, turns: 240 },
  },
  compile: { processes: 8 },
  memory: { policies: 4_000, peersPolicies: 500 },
  sharing: { tokens: 1_000 },
  guards: { processes: 5, rounds: 6, warmUps: 8, sampleNs: 30e6, turns: 240 },
  http: { rounds: 16, warmUps: 3, connections: 16, requests: { Fastify: 5_000, Express: 1_500 } },
  cold: {
    tokens: 10_000,
    malformed: { rounds: 10, warmUps: 3, turns: 400 },
    flood: { perSecond: 10_000, ms: 500, rounds: 30, warmUps: 3 },
  },
  tokens: {
    memory: {
      tokens: [100, 1_000, 10_000, 100_000, 1_000_000],
      rounds: 8,
      warmUps: 3,
      sampleNs: 20e6,
      turns: 240,
      requests: 500,
    },
    postgres: {
      tokens: [1_000, 10_000, 100_000, 1_000_000],
      rounds: 6,
      warmUps: 2,
      sampleNs: 20e6,
      turns: 240,
      requests: 200,
    },
  },
  routes: { handlers: [10, 30, 100, 300, 1_000], rounds: 10, warmUps: 4, sampleNs: 20e6, turns: 240 },
  concurrency: { connections: [1, 4, 16, 64, 256], rounds: 8, warmUps: 2, requests: 4_096 },
  boot: { handlers: 1_000, rounds: 7, warmUps: 1 },
};

/** `npm run bench -- --try`: everything once, to see that it works. Its figures say nothing. */
export const TRY = {
  decisions: {
    processes: 1,
    rounds: 2,
    warmUps: 1,
    sampleNs: 1e6,
    compareMs: 2_000,
    slow: { rounds: 1, warmUps: 0 },
  },
  policySize: {
    decisions: { processes: 1, rounds: 2, warmUps: 1, sampleNs: 1e6 },
    guard: { rounds: 2, warmUps: 1, sampleNs: 2e6, turns: 50 },
  },
  compile: { processes: 2 },
  memory: { policies: 500, peersPolicies: 50 },
  sharing: { tokens: 100 },
  guards: { processes: 1, rounds: 2, warmUps: 2, sampleNs: 5e6, turns: 50 },
  http: { rounds: 2, warmUps: 1, connections: 16, requests: { Fastify: 500, Express: 100 } },
  cold: {
    tokens: 1_000,
    malformed: { rounds: 2, warmUps: 1, turns: 50 },
    flood: { perSecond: 10_000, ms: 100, rounds: 2, warmUps: 1 },
  },
  tokens: {
    memory: { tokens: [100, 1_000, 10_000], rounds: 2, warmUps: 1, sampleNs: 2e6, turns: 50, requests: 50 },
    postgres: { tokens: [1_000, 10_000], rounds: 2, warmUps: 1, sampleNs: 2e6, turns: 50, requests: 20 },
  },
  routes: { handlers: [10, 100, 1_000], rounds: 2, warmUps: 1, sampleNs: 2e6, turns: 50 },
  concurrency: { connections: [1, 16, 256], rounds: 2, warmUps: 1, requests: 512 },
  boot: { handlers: 1_000, rounds: 1, warmUps: 0 },
};

/** `npm run bench:quick`: what changes of the code are held against, in less than a minute. */
export const QUICK = {
  decisions: {
    ...FULL.decisions,
    only: [OURS, OURS_BOUND, LIMIT, LIMIT_BOUND, INTERPRETER],
    processes: 3,
    slow: null,
  },
  guards: { ...FULL.guards, only: [GUARD, GUARD_LIMIT, DIGEST, EMPTY, CASL], processes: 3 },
};
