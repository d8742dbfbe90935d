/** Every part of the bench, in the order in which they run, by the name that it has in plans and results. */
import { measureBoot } from './boot.mjs';
import { measureCold } from './cold.mjs';
import { measureCompile } from './compile.mjs';
import { measureConcurrency } from './concurrency.mjs';
import { measureDecisions } from './decisions.mjs';
import { measureGuards } from './guards.mjs';
import { measureHttp } from './http.mjs';
import { measureMemory, measureSharing } from './memory.mjs';
import { measurePolicySize } from './policy-size.mjs';
import { measureRoutes } from './routes.mjs';
import { measureTokens } from './tokens.mjs';

export const PARTS = {
  decisions: measureDecisions,
  policySize: measurePolicySize,
  compile: measureCompile,
  memory: measureMemory,
  sharing: measureSharing,
  guards: measureGuards,
  http: measureHttp,
  cold: measureCold,
  tokens: measureTokens,
  routes: measureRoutes,
  concurrency: measureConcurrency,
  boot: measureBoot,
};
