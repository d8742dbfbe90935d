import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { compilePolicy, parseTokenPolicy } from 'nestjs-api-token/policy';
import { accesses, methods, policies, POLICY_IDS, RESOURCE_IDS } from '../../support/policy-arbitraries.js';
import { referenceAllows } from '../../support/reference-evaluator.js';

const ACCESSES_PER_POLICY = 10;
const manyAccesses = fc.array(accesses, { minLength: ACCESSES_PER_POLICY, maxLength: ACCESSES_PER_POLICY });

/** As `expect(actual).toBe(expected)`, at a hundredth of its cost: it is asked half a million times. */
function same<T>(actual: T, expected: T): void {
  if (actual !== expected) throw new Error(`Expected ${String(expected)}, got ${String(actual)}`);
}

describe('decisions', () => {
  it("equal the reference evaluator's on 100,000 random cases, and explain themselves", () => {
    fc.assert(
      fc.property(policies, manyAccesses, (policy, cases) => {
        const compiled = compilePolicy(policy, { methods: 'exact' });
        for (const { policyId, method, resourceId } of cases) {
          const wanted = referenceAllows(policy, policyId, method, resourceId);
          const { rule, allowed } = compiled.decide(policyId, method, resourceId);
          same(compiled.allows(policyId, method, resourceId), wanted);
          same(allowed, wanted);
          same((rule?.effect ?? 'allow') === 'allow', wanted);
        }
      }),
      { numRuns: 100_000 / ACCESSES_PER_POLICY },
    );
  });

  it("in 'http' mode never allow what 'exact' denies, and name the rule that denies", () => {
    fc.assert(
      fc.property(policies, manyAccesses, (policy, cases) => {
        const http = compilePolicy(policy);
        const exact = compilePolicy(policy, { methods: 'exact' });
        for (const { policyId, method, resourceId } of cases) {
          const allowed = http.allows(policyId, method, resourceId);
          if (allowed) expect(exact.allows(policyId, method, resourceId)).toBe(true);
          const decision = http.decide(policyId, method, resourceId);
          expect(decision.allowed).toBe(allowed);
          if (decision.rule !== null) expect(decision.rule.effect === 'allow').toBe(allowed);
          if (!allowed && decision.rule === null)
            expect(decision.trail.at(-1)!.outcome).toBe('needs-literal');
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it("deny by default where the application says so: with 'deny' nothing is allowed that is not with 'allow'", () => {
    fc.assert(
      fc.property(policies, manyAccesses, (policy, cases) => {
        const allow = compilePolicy(policy);
        const deny = compilePolicy(policy, { defaultDecision: 'deny' });
        for (const { policyId, method, resourceId } of cases) {
          const decision = deny.decide(policyId, method, resourceId);
          same(decision.allowed, deny.allows(policyId, method, resourceId));
          if (!decision.allowed) continue;
          same(decision.rule?.effect, 'allow');
          same(allow.allows(policyId, method, resourceId), true);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('filter', () => {
  it('equals asking item by item', () => {
    fc.assert(
      fc.property(
        policies,
        methods,
        fc.constantFrom(...POLICY_IDS, 'unlisted'),
        (policy, method, policyId) => {
          const compiled = compilePolicy(policy);
          const filter = compiled.filter(policyId, method);
          for (const resourceId of [...RESOURCE_IDS, 'unlisted', '*']) {
            const kept =
              filter.mode === 'all' ||
              (filter.mode === 'only' && filter.ids.has(resourceId)) ||
              (filter.mode === 'except' && !filter.ids.has(resourceId));
            same(kept, compiled.allows(policyId, method, resourceId));
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

describe('parseTokenPolicy', () => {
  it('gives back what was serialised', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(parseTokenPolicy(JSON.stringify(policy))).toEqual(policy);
        expect(parseTokenPolicy(policy)).toEqual(policy);
      }),
    );
  });

  it('answers anything with a policy or with located problems', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.json(), fc.string()), (input) => {
        try {
          parseTokenPolicy(input);
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_TOKEN_POLICY' });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
