import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseTokenPolicy } from 'nestjs-api-token/policy';
import { policies } from '../../../support/policy-arbitraries.js';
import { holds } from '../../../support/random-cases.js';

describe('parseTokenPolicy', () => {
  it('gives back what was serialized', () => {
    const property = fc.property(policies, (policy) => {
      const parsed = parseTokenPolicy(JSON.stringify(policy));
      expect(parsed).toEqual(policy);
      expect(parseTokenPolicy(policy)).toEqual(policy);
      expect(parseTokenPolicy(JSON.stringify(parsed))).toEqual(parsed);
    });
    holds(property);
  });

  it('answers anything with a policy or with located problems', () => {
    const property = fc.property(fc.oneof(fc.anything(), fc.json(), fc.string()), (input) => {
      try {
        parseTokenPolicy(input);
      } catch (error) {
        expect(error).toMatchObject({ code: 'INVALID_TOKEN_POLICY' });
      }
    });
    holds(property);
  });
});
