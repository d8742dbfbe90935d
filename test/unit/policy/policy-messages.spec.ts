import { describe, expect, it } from '@jest/globals';
import {
  InvalidTokenPolicyError,
  parseTokenPolicy,
  type ParseTokenPolicyOptions,
  type PolicyIssue,
} from 'nestjs-api-token/policy';

function rejected(input: unknown, options?: ParseTokenPolicyOptions): InvalidTokenPolicyError {
  try {
    parseTokenPolicy(input, options);
  } catch (error) {
    if (error instanceof InvalidTokenPolicyError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
}

function issue(pointer: string, code: PolicyIssue['code'], message: string): PolicyIssue {
  return { pointer, code, message };
}

const section = { allow: ['GET'] };
const SECTION = 'must be a section: {"allow": [...], "block": [...]}.';
const RESOURCE = 'must be an object of item IDs, or of "*" for all items and the collection.';
const ONLY = 'is not known. Only "allow" and "block" may stand here.';
const NO_METHOD = 'names no method: fill "allow" or "block", or remove the section.';
const NO_STRING = 'must be a string: a method such as "GET", or "*".';

describe('what is said of a policy that is rejected', () => {
  it.each<[string, unknown, PolicyIssue]>([
    ['a number', 7, issue('', 'NOT_AN_OBJECT', 'must be an object such as {"resources": {...}}.')],
    [
      'resources that are a string',
      { resources: 'all' },
      issue('/resources', 'NOT_AN_OBJECT', 'must be an object of policy IDs, or of "*" for every resource.'),
    ],
    [
      'resources that are a list',
      { resources: [] },
      issue('/resources', 'NOT_AN_OBJECT', 'must be an object of policy IDs, or of "*" for every resource.'),
    ],
    [
      'empty resources',
      { resources: {} },
      issue('/resources', 'EMPTY', 'is empty: add a policy ID or "*", or remove it.'),
    ],
    [
      'a global section that is null',
      { resources: { '*': null } },
      issue('/resources/*', 'NOT_AN_OBJECT', SECTION),
    ],
    [
      'a resource that is a number',
      { resources: { a: 1 } },
      issue('/resources/a', 'NOT_AN_OBJECT', RESOURCE),
    ],
    [
      'an empty resource',
      { resources: { a: {} } },
      issue('/resources/a', 'EMPTY', 'is empty: add an item ID or "*", or remove it.'),
    ],
    [
      'a section that is text',
      { resources: { a: { b: 'GET' } } },
      issue('/resources/a/b', 'NOT_AN_OBJECT', SECTION),
    ],
    [
      'a section without methods',
      { resources: { a: { b: {} } } },
      issue('/resources/a/b', 'EMPTY', NO_METHOD),
    ],
    [
      'an element that is a number',
      { resources: { '*': { block: ['*', 1] } } },
      issue('/resources/*/block/1', 'NOT_A_METHOD', NO_STRING),
    ],
    [
      'an element that JSON has not',
      { resources: { '*': { block: [1n] } } },
      issue('/resources/*/block/0', 'NOT_A_METHOD', NO_STRING),
    ],
    [
      'a method like another',
      { resources: { '*': { block: ['get'] } } },
      issue('/resources/*/block/0', 'NOT_A_METHOD', '"get" is no request method. Did you mean "GET"?'),
    ],
    [
      'a method like no other',
      { resources: { '*': { block: ['EVERYTHING'] } } },
      issue(
        '/resources/*/block/0',
        'NOT_A_METHOD',
        '"EVERYTHING" is no request method. Write one such as "GET", or "*" for all.',
      ),
    ],
    [
      'a key like another',
      { ressources: {} },
      issue('/ressources', 'UNKNOWN_KEY', 'is not known. Did you mean "resources"?'),
    ],
    [
      'a key like no other, beside a method',
      { resources: { '*': { ...section, comment: '' } } },
      issue('/resources/*/comment', 'UNKNOWN_KEY', ONLY),
    ],
    [
      'a forbidden key, whatever is under it',
      '{"resources":{"*":{"allow":["GET"]},"__proto__":7}}',
      issue('/resources/__proto__', 'FORBIDDEN_KEY', 'must not be used as a key.'),
    ],
    [
      'a key that stands twice',
      '{"resources":{"*":{"allow":["GET"],"allow":["PUT"]}}}',
      issue('/resources/*/allow', 'DUPLICATE_KEY', 'stands twice: keep one of the two.'),
    ],
  ])('names the one problem of %s', (_, input, expected) => {
    const { issues } = rejected(input);
    expect(issues).toEqual([expected]);
  });

  it.each([
    ['GET', 'write ["GET"].'],
    [7, 'write ["GET"].'],
    ['X'.repeat(36), `write ["${'X'.repeat(36)}"].`],
    ['X'.repeat(37), `write ["${'X'.repeat(37)}…`],
  ])('shows how %j is written as a list, up to 40 characters', (allow, hint) => {
    expect(rejected({ resources: { '*': { allow } } }).issues[0]).toMatchObject({
      code: 'NOT_A_LIST',
      message: `must be a list of methods: ${hint.endsWith('…') ? `${hint}.` : hint}`,
    });
  });

  it('says why a text is no JSON, and nothing else of it', () => {
    const { issues } = rejected('{"resources":');
    expect(issues).toEqual([
      issue('', 'NOT_JSON', expect.stringMatching(/^is not JSON: .*JSON.*\.$/) as never),
    ]);
  });

  it('is one line: the first problem, and how many more there are', () => {
    const one = rejected({ resources: { '*': { ...section, comment: '' } } });
    expect(one).toMatchObject({ name: 'InvalidTokenPolicyError', code: 'INVALID_TOKEN_POLICY' });
    expect(one.message).toBe(`Invalid token policy at "/resources/*/comment": ${ONLY}`);
    const three = rejected({ resources: { '*': { ...section, x: 1, y: 2, z: 3 } } });
    expect(three.message).toBe(`Invalid token policy at "/resources/*/x": ${ONLY} (and 2 more)`);
  });
});
