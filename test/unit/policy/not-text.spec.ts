import { describe, expect, it } from '@jest/globals';
import { type CompiledPolicy, compilePolicy, type CompilePolicyOptions } from 'nestjs-api-token/policy';

const MODES: NonNullable<CompilePolicyOptions['methods']>[] = ['http', 'exact'];
/** As many items as a Map holds, and as many as a table holds. */
const SIZES = [1, 100];

function blocking42(methods: NonNullable<CompilePolicyOptions['methods']>, size: number): CompiledPolicy {
  const items = Array.from({ length: size }, (_, index) => [String(42 + index), { block: ['*' as const] }]);
  return compilePolicy({ resources: { item: Object.fromEntries(items) as {} } }, { methods });
}

/** What JavaScript may give where TypeScript wants text or null. */
const NO_IDS: [string, unknown][] = [
  ['a number', 42],
  ['a big integer', 42n],
  ['an object that reads 42', { toString: () => '42' }],
  ['a String object', new String('42')],
  ['a list', ['42']],
  ['undefined', undefined],
  ['false', false],
  ['a symbol', Symbol('42')],
];

describe.each(MODES)('what is not text, where methods mean %s', (mode) => {
  describe.each(SIZES)('in a policy of %i items', (size) => {
    it.each(NO_IDS)('RX02 RX07: no item has %s for its ID', (_, id) => {
      const policy = blocking42(mode, size);
      const resourceId = id as string;
      expect(policy.allows('item', 'GET', resourceId)).toBe(false);
      expect(policy.bind('item', 'GET').allows(resourceId)).toBe(false);
      expect(policy.allows('other', 'GET', resourceId)).toBe(false);
      expect(policy.bind('other', 'GET').allows(resourceId)).toBe(false);
      const { allowed, rule, trail } = policy.decide('item', 'GET', resourceId);
      expect({ allowed, rule, trail }).toEqual({
        allowed: false,
        rule: null,
        trail: [{ pointer: '/resources', outcome: 'not-text' }],
      });
    });
  });

  it.each(NO_IDS)('RX02: no resource has %s for its policy ID', (_, id) => {
    const policyId = id as string;
    const policy = compilePolicy({ resources: { '42': { '*': { block: ['*'] } } } }, { methods: mode });
    expect(policy.allows('41', 'GET', '1')).toBe(true);
    expect(policy.allows(policyId, 'GET', '1')).toBe(false);
    expect(policy.allows(policyId, 'GET', null)).toBe(false);
    expect(policy.bind(policyId, 'GET').allows('1')).toBe(false);
    expect(policy.filter(policyId, 'GET')).toEqual({ mode: 'none' });
    expect(policy.decide(policyId, 'GET', null)).toMatchObject({
      allowed: false,
      rule: null,
      trail: [{ outcome: 'not-text' }],
    });
  });

  it.each([...NO_IDS, ['null', null]])('RX02: no method is %s', (_, given) => {
    const method = given as string;
    const policy = compilePolicy({ resources: { '*': { allow: ['*'] } } }, { methods: mode });
    expect(policy.allows('item', 'GET', '1')).toBe(true);
    expect(policy.allows('item', method, '1')).toBe(false);
    expect(policy.bind('item', method).allows(null)).toBe(false);
    expect(policy.filter('item', method)).toEqual({ mode: 'none' });
    expect(policy.decide('item', method, null)).toMatchObject({
      allowed: false,
      rule: null,
      trail: [{ outcome: 'not-text' }],
    });
  });
});
