import { describe, expect, it } from '@jest/globals';
import { compilePolicy, type TokenPolicy } from 'nestjs-api-token/policy';
import { ONE_PROJECT, READ_ONLY, READ_ONLY_BUT_REVIEWS } from '../../support/review-board-policies.js';

type Row = readonly [
  title: string,
  policy: TokenPolicy,
  policyId: string,
  method: string,
  resourceId: string | null,
  isAllowed: boolean,
];

function projects(sections: Record<string, { allow?: string[]; block?: string[] }>): TokenPolicy {
  return { resources: { project: sections } } as TokenPolicy;
}

const GLOBALLY_BLOCKED: TokenPolicy = {
  resources: { '*': { block: ['*'] }, project: { '*': { allow: ['GET'] } } },
};
const BLOCKED_42 = projects({ '42': { block: ['*'] } });
const ONLY_42 = projects({ '*': { block: ['*'] }, '42': { allow: ['GET'] } });

function expectDecision(row: Row): void {
  const [, policy, policyId, method, resourceId, isAllowed] = row;
  for (const methods of ['exact', 'http'] as const)
    expect(compilePolicy(policy, { methods }).allows(policyId, method, resourceId)).toBe(isAllowed);
}

describe('the section of a policy that decides', () => {
  it.each<Row>([
    [
      'P02 a method that is named in both lists is blocked',
      projects({ '*': { allow: ['GET'], block: ['GET'] } }),
      'project',
      'GET',
      '1',
      false,
    ],
    [
      'P03 a star in both lists blocks',
      projects({ '*': { allow: ['*'], block: ['*'] } }),
      'project',
      'GET',
      '1',
      false,
    ],
    [
      'P04 a method that is allowed by name beats a star that blocks',
      projects({ '*': { allow: ['GET'], block: ['*'] } }),
      'project',
      'GET',
      '1',
      true,
    ],
    [
      'P04 a method that is blocked by name beats a star that allows',
      projects({ '*': { allow: ['*'], block: ['PUT'] } }),
      'project',
      'PUT',
      '1',
      false,
    ],
    [
      'P05 an item that does not speak of the method leaves it to its resource',
      projects({ '*': { block: ['*'] }, '42': { allow: ['PUT'] } }),
      'project',
      'GET',
      '42',
      false,
    ],
    [
      'P05 a resource that does not speak of the method leaves it to the global section',
      { resources: { '*': { block: ['*'] }, project: { '42': { allow: ['PUT'] } } } },
      'project',
      'GET',
      '42',
      false,
    ],
    [
      'P05 where no section speaks of the method, the default decides',
      { resources: { '*': { block: ['POST'] }, project: { '42': { allow: ['PUT'] } } } },
      'project',
      'GET',
      '42',
      true,
    ],
    ['P06 an item is blocked', BLOCKED_42, 'project', 'GET', '42', false],
    ['P06 the neighbor of an item that is blocked is not', BLOCKED_42, 'project', 'GET', '43', true],
    ['P06 an item is allowed whose resource is blocked', ONLY_42, 'project', 'GET', '42', true],
    ['P07 a resource allows what is blocked globally', GLOBALLY_BLOCKED, 'project', 'GET', '1', true],
    ['P07 a resource allows no other method', GLOBALLY_BLOCKED, 'project', 'PUT', '1', false],
    [
      'P07 a resource allows its collection no other method either',
      GLOBALLY_BLOCKED,
      'project',
      'POST',
      null,
      false,
    ],
    ['P07 a resource speaks for no other one', GLOBALLY_BLOCKED, 'server_info', 'GET', null, false],
    [
      'P07 a resource blocks what is allowed globally',
      { resources: { '*': { allow: ['*'] }, project: { '*': { block: ['*'] } } } },
      'project',
      'GET',
      '1',
      false,
    ],
    ['P08 an item does not open its collection', ONLY_42, 'project', 'GET', null, false],
    ['P08 an item does not close its collection', BLOCKED_42, 'project', 'GET', null, true],
    [
      'P13 a resource that is blocked blocks no other',
      { resources: { review: { '*': { block: ['*'] } } } },
      'project',
      'GET',
      '1',
      true,
    ],
    [
      'P13 a resource that is allowed allows no other',
      { resources: { '*': { block: ['*'] }, review: { '*': { allow: ['*'] } } } },
      'project',
      'GET',
      '1',
      false,
    ],
  ])('%s', (...row) => expectDecision(row));
});

describe("an example of Review Board's manual", () => {
  it.each<Row>([
    ['read-only', READ_ONLY, 'project', 'GET', null, true],
    ['read-only', READ_ONLY, 'project', 'GET', '1', true],
    ['read-only', READ_ONLY, 'project', 'HEAD', '1', true],
    ['read-only', READ_ONLY, 'project', 'POST', null, false],
    ['read-only', READ_ONLY, 'project', 'PUT', '1', false],
    ['read-only', READ_ONLY, 'project', 'DELETE', '1', false],
    ['read-only', READ_ONLY, 'review', 'POST', null, false],
    ['read-only', READ_ONLY, 'server_info', 'GET', null, true],
    ['read-only with reviews that may be written', READ_ONLY_BUT_REVIEWS, 'review', 'GET', null, true],
    ['read-only with reviews that may be written', READ_ONLY_BUT_REVIEWS, 'review', 'POST', null, true],
    ['read-only with reviews that may be written', READ_ONLY_BUT_REVIEWS, 'review', 'GET', '7', true],
    ['read-only with reviews that may be written', READ_ONLY_BUT_REVIEWS, 'project', 'GET', '1', true],
    ['read-only with reviews that may be written', READ_ONLY_BUT_REVIEWS, 'project', 'PUT', '1', false],
    ['one project that may be read', ONE_PROJECT, 'project', 'GET', null, false],
    ['one project that may be read', ONE_PROJECT, 'project', 'GET', '1', true],
    ['one project that may be read', ONE_PROJECT, 'project', 'DELETE', '1', false],
    ['one project that may be read', ONE_PROJECT, 'project', 'GET', '2', false],
    ['one project that may be read', ONE_PROJECT, 'project', 'POST', null, false],
    ['one project that may be read', ONE_PROJECT, 'review', 'GET', null, true],
    ['one project that may be read', ONE_PROJECT, 'server_info', 'GET', null, true],
  ])('P01 does what the manual says: %s (%#)', (...row) => expectDecision(row));
});
