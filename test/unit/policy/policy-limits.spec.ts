import { describe, expect, it } from '@jest/globals';
import {
  canonicalResourceId,
  InvalidTokenPolicyError,
  MAX_POLICY_BYTES,
  MAX_POLICY_ITEMS,
  parseTokenPolicy,
  type ParseTokenPolicyOptions,
  type PolicyCatalog,
  type PolicyIssue,
} from 'nestjs-api-token/policy';

const section = { allow: ['GET'] };

function issues(input: unknown, options?: ParseTokenPolicyOptions): readonly PolicyIssue[] {
  try {
    parseTokenPolicy(input, options);
  } catch (error) {
    if (error instanceof InvalidTokenPolicyError) return error.issues;
    throw error;
  }
  return [];
}

/** A policy that takes a number of bytes as JSON text. */
function policyOfSize(bytes: number): { resources: Record<string, object> } {
  const spare = bytes - JSON.stringify({ resources: { '': { '*': section } } }).length;
  return { resources: { ['x'.repeat(spare)]: { '*': section } } };
}

describe('D09 the limits of a policy', () => {
  it.each([
    ['an object', (bytes: number) => policyOfSize(bytes)],
    ['text', (bytes: number) => JSON.stringify(policyOfSize(bytes))],
  ])('let the largest through, as %s, and not one byte more', (_, policy) => {
    expect(MAX_POLICY_BYTES).toBe(65_536);
    expect(issues(policy(MAX_POLICY_BYTES))).toEqual([]);
    const tooLarge = issues(policy(MAX_POLICY_BYTES + 1));
    expect(tooLarge).toEqual([
      { pointer: '', code: 'TOO_LARGE', message: 'takes 65537 bytes: at most 65536 are allowed.' },
    ]);
    expect(issues(policy(MAX_POLICY_BYTES + 1), { checks: 'shape' })).toEqual([]);
  });

  it('are checked before a text is read', () => {
    expect(issues('['.repeat(MAX_POLICY_BYTES + 1)).map(({ code }) => code)).toEqual(['TOO_LARGE']);
  });

  it('let 1,000 item sections through, in how many resources they may be, and not one more', () => {
    const items = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}`, section]));
    const policy = (last: number) => ({
      resources: { '*': section, a: { ...items(600), '*': section }, b: { ...items(last), '*': section } },
    });
    expect(MAX_POLICY_ITEMS).toBe(1_000);
    expect(issues(policy(400))).toEqual([]);
    const message = 'has 1001 item sections: at most 1000 are allowed.';
    expect(issues(policy(401))).toEqual([{ pointer: '/resources', code: 'TOO_MANY_ITEMS', message }]);
  });
});

describe('a policy that is checked against an application', () => {
  const catalog: PolicyCatalog = {
    policyIds: ['project'],
    canonicalResourceId: (_, id) => canonicalResourceId('int', id),
  };

  it('is accepted where it speaks of what is there: the collection, items, everything', () => {
    const policy = { resources: { '*': section, project: { '*': section, '2': section } } };
    expect(parseTokenPolicy(policy, { catalog })).toEqual(policy);
  });

  it('L04 is rejected for an empty item ID, which no request can have', () => {
    expect(issues({ resources: { project: { '': section } } }, { catalog })).toEqual([
      {
        pointer: '/resources/project/',
        code: 'ID_NOT_CANONICAL',
        message: 'is not how an ID of this resource is written: it can match no item.',
      },
    ]);
  });

  it('L04 is told how an item ID is written', () => {
    const lowerCase: PolicyCatalog = { ...catalog, canonicalResourceId: (_, id) => id.toLowerCase() };
    expect(issues({ resources: { project: { ABC: section } } }, { catalog: lowerCase })).toMatchObject([
      { message: 'is not how an ID of this resource is written: write "abc".' },
    ]);
  });

  it('D08 has an unknown policy ID reported once, whatever items it names', () => {
    expect(issues({ resources: { branch: { '042': section } } }, { catalog })).toEqual([
      {
        pointer: '/resources/branch',
        code: 'UNKNOWN_POLICY_ID',
        message: 'is no policy ID of this application.',
      },
    ]);
  });
});

describe('what an object spells as undefined', () => {
  it('is absent, as it would be in JSON', () => {
    expect(parseTokenPolicy({ resources: undefined, version: undefined })).toEqual({});
    const parsed = parseTokenPolicy({ resources: { '*': { allow: undefined, block: ['*'] }, a: undefined } });
    expect(JSON.stringify(parsed)).toBe('{"resources":{"*":{"block":["*"]}}}');
    expect(Object.keys(parsed.resources!['*']!)).toEqual(['block']);
  });
});
