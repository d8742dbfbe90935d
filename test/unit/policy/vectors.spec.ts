import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compilePolicy, type TokenPolicy } from 'nestjs-api-token/policy';

function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(`${__dirname}/../../vectors/${name}.json`, 'utf8')) as T;
}

describe("djblets' own decisions", () => {
  it('agrees with all 29,478 of the exhaustive decision space', () => {
    const { sections, requests, decisions } = vectors<{
      sections: unknown[];
      requests: { method: string; resourceId: string | null }[];
      decisions: string[];
    }>('decisions-exhaustive');
    const wrong: string[] = [];
    let compared = 0;
    for (const [g, row] of decisions.entries()) {
      for (let r = 0; r < 17; r += 1) {
        for (let i = 0; i < 17; i += 1) {
          const policy = exhaustivePolicy(sections[g], sections[r], sections[i]);
          const compiled = compilePolicy(policy, { methods: 'exact' });
          const bits = Number.parseInt(row.slice((r * 17 + i) * 2, (r * 17 + i) * 2 + 2), 16);
          for (const [k, { method, resourceId }] of requests.entries()) {
            compared += 1;
            const decision = compiled.decide('item', method, resourceId);
            const wanted = ((bits >> k) & 1) === 1;
            if (compiled.allows('item', method, resourceId) !== wanted || decision.allowed !== wanted) {
              wrong.push(`${JSON.stringify(policy)} ${method} ${resourceId}`);
            }
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(compared).toBe(29_478);
  });

  it('agrees with all 10,000 random ones', () => {
    const rows =
      vectors<{ policy: TokenPolicy; checks: [string, string, string | null, 0 | 1][] }[]>(
        'decisions-random',
      );
    const wrong: string[] = [];
    let compared = 0;
    for (const { policy, checks } of rows) {
      const compiled = compilePolicy(policy, { methods: 'exact' });
      for (const [policyId, method, resourceId, allowed] of checks) {
        compared += 1;
        if (compiled.allows(policyId, method, resourceId) !== (allowed === 1)) {
          wrong.push(`${JSON.stringify(policy)} ${policyId} ${method} ${resourceId}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(compared).toBe(10_000);
  });
});

function exhaustivePolicy(global: unknown, resource: unknown, item: unknown): TokenPolicy {
  const sections = {
    ...(resource === null ? {} : { '*': resource }),
    ...(item === null ? {} : { '42': item }),
  };
  const resources = {
    ...(global === null ? {} : { '*': global }),
    ...(Object.keys(sections).length === 0 ? {} : { item: sections }),
  };
  return (Object.keys(resources).length === 0 ? {} : { resources }) as TokenPolicy;
}
