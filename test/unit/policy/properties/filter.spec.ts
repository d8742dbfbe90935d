import { it } from '@jest/globals';
import * as fc from 'fast-check';
import { compilePolicy } from 'nestjs-api-token/policy';
import { methods, policies, POLICY_IDS, RESOURCE_IDS } from '../../../support/policy-arbitraries.js';
import { holds, same } from '../../../support/random-cases.js';

it('L01 a filter keeps the items that are allowed when asked one by one', () => {
  const policyIds = fc.constantFrom(...POLICY_IDS, 'unlisted');
  const property = fc.property(policies, methods, policyIds, (policy, method, policyId) => {
    const compiled = compilePolicy(policy);
    const filter = compiled.filter(policyId, method);
    for (const resourceId of [...RESOURCE_IDS, 'unlisted', '*']) {
      const kept =
        filter.mode === 'all' ||
        (filter.mode === 'only' && filter.ids.has(resourceId)) ||
        (filter.mode === 'except' && !filter.ids.has(resourceId));
      same(kept, compiled.allows(policyId, method, resourceId));
    }
  });
  holds(property);
});
