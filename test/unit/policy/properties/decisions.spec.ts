import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { compilePolicy } from 'nestjs-api-token/policy';
import { manyAccesses, policies } from '../../../support/policy-arbitraries.js';
import { holds, same } from '../../../support/random-cases.js';
import { referenceAllows, referenceHttpAllows } from '../../../support/reference-evaluator.js';

describe('decisions', () => {
  it.each([
    ['exact', referenceAllows],
    ['http', referenceHttpAllows],
  ] as const)("P16 equal the reference evaluator's, and explain themselves: %s", (methods, reference) => {
    const property = fc.property(policies, manyAccesses, (policy, cases) => {
      const compiled = compilePolicy(policy, { methods });
      for (const { policyId, method, resourceId } of cases) {
        const wanted = reference(policy, policyId, method, resourceId);
        const { rule, allowed } = compiled.decide(policyId, method, resourceId);
        same(compiled.allows(policyId, method, resourceId), wanted);
        same(allowed, wanted);
        if (methods === 'exact' || rule !== null) same((rule?.effect ?? 'allow') === 'allow', wanted);
      }
    });
    holds(property);
  });

  it("P16 in 'http' mode never allow what 'exact' denies, and say what denies", () => {
    const property = fc.property(policies, manyAccesses, (policy, cases) => {
      const http = compilePolicy(policy);
      const exact = compilePolicy(policy, { methods: 'exact' });
      for (const { policyId, method, resourceId } of cases) {
        const { allowed, rule, trail } = http.decide(policyId, method, resourceId);
        if (allowed) same(exact.allows(policyId, method, resourceId), true);
        if (!allowed && rule === null) same(trail.at(-1)!.outcome, 'needs-literal');
      }
    });
    holds(property);
  });

  it("deny by default where the application says so: with 'deny' nothing is allowed that is not with 'allow'", () => {
    const property = fc.property(policies, manyAccesses, (policy, cases) => {
      const allow = compilePolicy(policy);
      const deny = compilePolicy(policy, { defaultDecision: 'deny' });
      for (const { policyId, method, resourceId } of cases) {
        const decision = deny.decide(policyId, method, resourceId);
        same(decision.allowed, deny.allows(policyId, method, resourceId));
        if (!decision.allowed) continue;
        same(decision.rule?.effect, 'allow');
        same(allow.allows(policyId, method, resourceId), true);
      }
    });
    holds(property);
  });

  it('P16 the random cases are worth asking: every section decides often, both ways', () => {
    const outcomes = new Map<string, number>();
    for (const [policy, cases] of fc.sample(fc.tuple(policies, manyAccesses), { numRuns: 2_000, seed: 1 })) {
      const compiled = compilePolicy(policy, { methods: 'exact' });
      for (const { policyId, method, resourceId } of cases) {
        const { rule } = compiled.decide(policyId, method, resourceId);
        const depth = rule === null ? 'default' : rule.pointer.split('/').length;
        const outcome = `${depth} ${rule?.effect ?? ''}`;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    }
    const total = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
    // The default, and two effects of the global section and of sections of resources and items.
    expect(outcomes.size).toBe(5);
    for (const count of outcomes.values()) expect(count / total).toBeGreaterThan(0.03);
  });
});
