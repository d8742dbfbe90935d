/**
 * The contestants of the decisions. Each is made from a policy document and answers requests.
 *
 * @typedef {object} DecisionContestant
 * @property {string} name
 * @property {(policy: object) => any} make May answer with a promise.
 * @property {string} limit The name of the contestant that it is measured against.
 * @property {string} call How it is asked, as text: `subject` is what was made, `each` is a request.
 * @property {() => (engine: any, request: object) => object} [prepare] What a route does for its requests before they
 * come, for one engine.
 * @property {string} [note] What its translation of the policy takes.
 */
import { compilePolicy } from 'nestjs-api-token/policy';
import { AccessControlGrants } from './access-control.mjs';
import { CaslConditions, CaslGroups, CaslTypes } from './casl.mjs';
import { Interpreter } from './interpreter.mjs';
import { NestedMaps } from './nested-maps.mjs';

const ASK = 'subject.allows(each.policyId, each.method, each.resourceId)';
const ASK_BOUND = 'each.bound.allows(each.resourceId)';

export const OURS = 'CompiledPolicy.allows';
export const OURS_BOUND = 'CompiledPolicy, bound to the route';
export const LIMIT = 'nested Map with bit masks (limit)';
export const LIMIT_BOUND = 'nested Map, bound to the route (limit)';
export const INTERPRETER = 'interpreter of the JSON';
export const CASL_CONDITIONS = '@casl/ability, a rule per item';

const RESOLVED = 'resolved beforehand: it has no such precedence';

const ours = { name: OURS, make: (policy) => compilePolicy(policy), limit: LIMIT, call: ASK };
const limit = { name: LIMIT, make: (policy) => new NestedMaps(policy), limit: LIMIT, call: ASK };

/** What is bound is made once for a policy ID and a method, as for a route, and not for each request. */
function bindOnce() {
  const bound = new Map();
  return (engine, request) => {
    const route = `${request.method} ${request.policyId}`;
    if (!bound.has(route)) bound.set(route, engine.bind(request.policyId, request.method));
    return { ...request, bound: bound.get(route) };
  };
}

const bound = {
  name: OURS_BOUND,
  make: ours.make,
  limit: LIMIT_BOUND,
  call: ASK_BOUND,
  prepare: bindOnce,
};

/** Those that can take turns in one process, at every size. The first is the one that the others are compared with. */
export const QUICK_ENGINES = [
  ours,
  limit,
  bound,
  { name: LIMIT_BOUND, make: limit.make, limit: LIMIT_BOUND, call: ASK_BOUND, prepare: bindOnce },
  { name: INTERPRETER, make: (policy) => new Interpreter(policy), limit: LIMIT, call: ASK },
  {
    name: '@casl/ability, a type per item',
    make: (policy) => new CaslTypes(policy),
    limit: LIMIT,
    call: ASK,
  },
  {
    name: '@casl/ability, a rule per kind of section',
    make: (policy) => new CaslGroups(policy),
    limit: LIMIT,
    call: ASK,
  },
  { name: CASL_CONDITIONS, make: (policy) => new CaslConditions(policy), limit: LIMIT, call: ASK },
  {
    name: 'accesscontrol, a resource per item',
    make: (policy) => new AccessControlGrants(policy),
    limit: LIMIT,
    call: ASK,
    note: RESOLVED,
  },
];

/**
 * Those that have a process to themselves, beside the limit: they are slow, or may end it. Imported only there.
 *
 * @type {Record<string, { name: string, note?: string, tooLarge?: string, load(): Promise<Function> }>}
 */
export const SLOW_ENGINES = {
  casbin: {
    name: 'casbin, lines in order of precedence',
    load: async () => (await import('./casbin.mjs')).Casbin.make,
  },
  cedarClasses: {
    name: '@cedar-policy/cedar-wasm, a policy per set of methods',
    note: RESOLVED,
    load: async () => {
      const { CedarClasses } = await import('./cedar.mjs');
      return (policy) => new CedarClasses(policy);
    },
  },
  cedarItems: {
    name: '@cedar-policy/cedar-wasm, a policy per item',
    note: RESOLVED,
    tooLarge: 'left out: takes minutes to parse',
    load: async () => {
      const { CedarItems } = await import('./cedar.mjs');
      return (policy) => new CedarItems(policy);
    },
  },
};

/** The contestants of a process: all quick ones, or a slow one with those it is measured against. */
export async function enginesOf(slow) {
  if (slow === undefined) return QUICK_ENGINES;
  const { name, load, note } = SLOW_ENGINES[slow];
  return [ours, limit, { name, make: await load(), limit: LIMIT, call: ASK, note }];
}
