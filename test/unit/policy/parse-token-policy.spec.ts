import { METHODS } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import {
  HTTP_METHODS,
  InvalidTokenPolicyError,
  MAX_POLICY_BYTES,
  parseTokenPolicy,
  type ParseTokenPolicyOptions,
  type PolicyCatalog,
  canonicalResourceId,
} from 'nestjs-api-token/policy';

const catalog: PolicyCatalog = {
  policyIds: ['project', 'review'],
  canonicalResourceId: (policyId, id) => canonicalResourceId(policyId === 'project' ? 'int' : 'uuid', id),
};

function issues(
  input: unknown,
  options?: ParseTokenPolicyOptions,
): readonly { pointer: string; code: string }[] {
  try {
    parseTokenPolicy(input, options);
  } catch (error) {
    if (error instanceof InvalidTokenPolicyError) return error.issues;
    throw error;
  }
  return [];
}

const section = { allow: ['GET'] };

describe('parseTokenPolicy', () => {
  it('knows the methods that Node knows', () => {
    expect(METHODS.filter((method) => !(HTTP_METHODS as readonly string[]).includes(method))).toEqual([]);
    expect(HTTP_METHODS).toHaveLength(35);
  });

  it.each([
    ['{}', {}],
    ['a global section', { resources: { '*': section } }],
    ['an empty list beside a filled one', { resources: { '*': { allow: [], block: ['*'] } } }],
    ['D04 constructor as an ordinary ID', { resources: { constructor: { toString: section } } }],
    ['an empty policy ID and item ID', { resources: { '': { '': section } } }],
  ])('accepts %s, frozen and as it was', (_, policy) => {
    const parsed = parseTokenPolicy(policy);
    expect(parsed).toEqual(policy);
    expect(Object.isFrozen(parsed.resources ?? parsed)).toBe(true);
  });

  it.each([
    [
      'D01 a string instead of a list',
      { resources: { '*': { allow: 'GET' } } },
      '/resources/*/allow',
      'NOT_A_LIST',
    ],
    ['D02 a number', { resources: { '*': { allow: [1] } } }, '/resources/*/allow/0', 'NOT_A_METHOD'],
    ['D02 null', { resources: { '*': { block: [null] } } }, '/resources/*/block/0', 'NOT_A_METHOD'],
    [
      'D02 a nested list',
      { resources: { '*': { block: [['GET']] } } },
      '/resources/*/block/0',
      'NOT_A_METHOD',
    ],
    [
      'D03 a lower-case method',
      { resources: { '*': { block: ['post'] } } },
      '/resources/*/block/0',
      'NOT_A_METHOD',
    ],
    [
      'D03 a misspelled method',
      { resources: { '*': { block: ['GETT'] } } },
      '/resources/*/block/0',
      'NOT_A_METHOD',
    ],
    [
      'D03 a dotless i',
      { resources: { '*': { block: ['optıons'] } } },
      '/resources/*/block/0',
      'NOT_A_METHOD',
    ],
    [
      'D06 a section for a resource',
      { resources: { item: section } },
      '/resources/item/allow',
      'NOT_AN_OBJECT',
    ],
    [
      'D06 a resource for the global section',
      { resources: { '*': { '*': section } } },
      '/resources/*/*',
      'UNKNOWN_KEY',
    ],
    ['D07 Allow', { resources: { '*': { Allow: ['GET'] } } }, '/resources/*/Allow', 'UNKNOWN_KEY'],
    ['D07 resource', { resource: { '*': section } }, '/resource', 'UNKNOWN_KEY'],
    ['D12 version', { version: 99 }, '/version', 'UNKNOWN_KEY'],
    ['D11 null', null, '', 'NOT_AN_OBJECT'],
    ['a list', [], '', 'NOT_AN_OBJECT'],
    ['a list of resources', { resources: [] }, '/resources', 'NOT_AN_OBJECT'],
    ['no resource', { resources: {} }, '/resources', 'EMPTY'],
    ['an empty resource', { resources: { project: {} } }, '/resources/project', 'EMPTY'],
    ['an empty section', { resources: { '*': {} } }, '/resources/*', 'EMPTY'],
    ['a section of empty lists', { resources: { '*': { allow: [], block: [] } } }, '/resources/*', 'EMPTY'],
  ])('rejects %s', (_, policy, pointer, code) => {
    expect(issues(policy)).toContainEqual(expect.objectContaining({ pointer, code }));
    expect(issues(policy, { checks: 'shape' })).toContainEqual(expect.objectContaining({ pointer, code }));
  });

  it.each([
    [
      'D04 __proto__',
      '{"resources":{"__proto__":{"*":{"allow":["*"]}}}}',
      '/resources/__proto__',
      'FORBIDDEN_KEY',
    ],
    [
      'D04 __proto__ escaped',
      '{"resources":{"\\u005f_proto__":{}}}',
      '/resources/__proto__',
      'FORBIDDEN_KEY',
    ],
    ['D04 __proto__ at the top', '{"__proto__":{"resources":{}}}', '/__proto__', 'FORBIDDEN_KEY'],
    ['text that is no JSON', '{"resources":', '', 'NOT_JSON'],
    [
      'a key that stands twice',
      '{"resources":{"a":{"1":{"allow":["GET"]},"\\u0031":{"block":["*"]}}}}',
      '/resources/a/1',
      'DUPLICATE_KEY',
    ],
    ['D09 a million levels', '['.repeat(1e6) + ']'.repeat(1e6), '', 'TOO_LARGE'],
    [
      'D09 levels that fit',
      `{"resources":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_001)}`,
      '/resources/a/a',
      'NOT_A_LIST',
    ],
  ])('rejects %s', (_, text, pointer, code) => {
    const found = issues(text);
    expect(found.map((issue) => issue.code)).not.toHaveLength(0);
    if (code !== 'NOT_A_LIST') expect(found).toContainEqual(expect.objectContaining({ pointer, code }));
  });

  it('D09 rejects what is too large, counting bytes', () => {
    const note = 'é'.repeat(MAX_POLICY_BYTES / 2);
    expect(issues({ resources: { [note]: { '*': section } } })).toMatchObject([{ code: 'TOO_LARGE' }]);
    const items = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [index, section]));
    expect(issues({ resources: { item: items } })).toMatchObject([{ code: 'TOO_MANY_ITEMS' }]);
    expect(issues({ resources: { item: items } }, { checks: 'shape' })).toEqual([]);
  });

  it('lists every problem at once, and says what to write instead', () => {
    const found = issues({
      resources: { '*': { alow: ['GET'], block: 'POST' }, review: { '*': { allow: ['Get'] } } },
    });
    expect(found).toEqual([
      expect.objectContaining({ pointer: '/resources/*/alow', message: expect.stringContaining('"allow"') }),
      expect.objectContaining({
        pointer: '/resources/*/block',
        message: expect.stringContaining('["POST"]'),
      }),
      expect.objectContaining({ pointer: '/resources/*', code: 'EMPTY' }),
      expect.objectContaining({
        pointer: '/resources/review/*/allow/0',
        message: expect.stringContaining('"GET"'),
      }),
    ]);
  });

  it('D08 rejects an unknown policy ID and says which was meant', () => {
    expect(issues({ resources: { projekt: { '*': section } } }, { catalog })).toMatchObject([
      { pointer: '/resources/projekt', message: expect.stringContaining('"project"') },
    ]);
  });

  it.each([
    ['project', '042', 'it can match no item'],
    ['project', '9007199254740993', 'it can match no item'],
    ['review', '0F8FAD5B-D9CB-469F-A165-70867728950E', '0f8fad5b-d9cb-469f-a165-70867728950e'],
  ])('L04 rejects an item ID of %s that no request can have: %s', (policyId, id, message) => {
    expect(issues({ resources: { [policyId]: { [id]: section } } }, { catalog })).toMatchObject([
      { code: 'ID_NOT_CANONICAL', message: expect.stringContaining(message) },
    ]);
  });

  it('D10 takes nothing from a polluted prototype', () => {
    const polluted = Object.prototype as unknown as Record<string, unknown>;
    polluted['allow'] = ['*'];
    try {
      expect(parseTokenPolicy({ resources: { '*': { block: ['*'] } } }).resources?.['*']).toEqual({
        block: ['*'],
      });
      expect(
        Object.hasOwn(parseTokenPolicy({ resources: { '*': { block: ['*'] } } }).resources!['*']!, 'allow'),
      ).toBe(false);
    } finally {
      delete polluted['allow'];
    }
  });
});

describe('canonicalResourceId', () => {
  it.each([
    ['C01', 'int', '042', null],
    ['C05', 'int', '-0', null],
    ['', 'int', '-7', '-7'],
    ['', 'int', '+42', null],
    ['', 'int', ' 42', null],
    ['', 'int', '42\n', null],
    ['', 'int', '4e1', null],
    ['', 'int', '４２', null],
    ['', 'int', '9007199254740991', '9007199254740991'],
    ['', 'int', '9007199254740992', null],
    ['C03', 'uuid', '0F8FAD5B-D9CB-469F-A165-70867728950E', '0f8fad5b-d9cb-469f-a165-70867728950e'],
    ['', 'uuid', '0f8fad5b', null],
    ['', 'uuid', '0f8fad5b-d9cb-469f-a165-70867728950e0', null],
    ['', 'uuid', '{0f8fad5b-d9cb-469f-a165-70867728950e', null],
    ['C09', 'exact', '42\u0000', null],
    ['C08', 'exact', '4/2', '4/2'],
    ['C18', 'exact', 'x'.repeat(1_024), 'x'.repeat(1_024)],
    ['C18', 'exact', 'x'.repeat(1_025), null],
    ['C12', 'exact', '*', '*'],
  ] as const)('%s %s reads %j as %j', (_id, canonicalizer, raw, canonical) => {
    expect(canonicalResourceId(canonicalizer, raw)).toBe(canonical);
  });

  it("takes a function's word", () => {
    const even = (raw: string) => (Number(raw) % 2 === 0 ? raw.trim() : null);
    expect(canonicalResourceId(even, ' 42')).toBe('42');
    expect(canonicalResourceId(even, '43')).toBeNull();
  });
});
