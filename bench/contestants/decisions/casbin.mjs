import { newEnforcer, newModelFromString, StringAdapter } from 'casbin';

/** The first line that fits decides: what our order of precedence needs, if the lines are loaded in it. */
const MODEL = `
[request_definition]
r = policyId, item, method
[policy_definition]
p = policyId, item, method, eft
[policy_effect]
e = priority(p.eft) || deny
[matchers]
m = (p.policyId == '*' || r.policyId == p.policyId) && (p.item == '*' || r.item == p.item) && (p.method == '*' || r.method == p.method)
`;

/** casbin with a line per method of each section, strongest first. */
export class Casbin {
  /** Through an adapter: `addPolicies` compares each new line with all others. */
  static async make(policy) {
    const lines = [...strongestFirst(policy)].map((fields) => `p, ${fields.join(', ')}`);
    return new Casbin(await newEnforcer(newModelFromString(MODEL), new StringAdapter(lines.join('\n'))));
  }

  constructor(enforcer) {
    this.enforcer = enforcer;
  }

  allows(policyId, method, resourceId) {
    // No item is listed under an empty ID.
    return this.enforcer.enforceSync(policyId, resourceId ?? '', method);
  }
}

function* strongestFirst({ resources }) {
  const listed = Object.entries(resources).filter(([policyId]) => policyId !== '*');
  for (const [policyId, sections] of listed) {
    for (const [id, section] of Object.entries(sections)) {
      if (id !== '*') yield* sectionLines(policyId, id, section);
    }
  }
  for (const [policyId, sections] of listed) yield* sectionLines(policyId, '*', sections['*']);
  yield* sectionLines('*', '*', resources['*']);
  yield ['*', '*', '*', 'allow'];
}

function* sectionLines(policyId, item, { allow = [], block = [] } = {}) {
  const lines = (methods, effect) => methods.map((method) => [policyId, item, method, effect]);
  const isStar = (method) => method === '*';
  const isLiteral = (method) => method !== '*';
  yield* lines(block.filter(isLiteral), 'deny');
  yield* lines(allow.filter(isLiteral), 'allow');
  yield* lines(block.filter(isStar), 'deny');
  yield* lines(allow.filter(isStar), 'allow');
}
