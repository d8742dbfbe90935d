import { describe, expect, it } from '@jest/globals';
import { compilePolicy, type TokenPolicy } from 'nestjs-api-token/policy';
import { ONE_REPOSITORY, READ_ONLY, READ_ONLY_BUT_REVIEWS } from '../../support/review-board-policies.js';

type Row = readonly [
  title: string,
  policy: TokenPolicy,
  policyId: string,
  method: string,
  resourceId: string | null,
  isAllowed: boolean,
];

function repositories(sections: Record<string, { allow?: string[]; block?: string[] }>): TokenPolicy {
  return { resources: { repository: sections } } as TokenPolicy;
}

const GLOBALLY_BLOCKED: TokenPolicy = {
  resources: { '*': { block: ['*'] }, repository: { '*': { allow: ['GET'] } } },
};
const BLOCKED_42 = repositories({ '42': { block: ['*'] } });
const ONLY_42 = repositories({ '*': { block: ['*'] }, '42': { allow: ['GET'] } });

function expectDecision(row: Row): void {
  const [, policy, policyId, method, resourceId, isAllowed] = row;
  for (const methods of ['exact', 'http'] as const)
    expect(compilePolicy(policy, { methods }).allows(policyId, method, resourceId)).toBe(isAllowed);
}

describe('the section of a policy that decides', () => {
  it.each<Row>([
    [
      'P02 a method that is named in both lists is blocked',
      repositories({ '*': { allow: ['GET'], block: ['GET'] } }),
      'repository',
      'GET',
      '1',
      false,
    ],
    [
      'P03 a star in both lists blocks',
      repositories({ '*': { allow: ['*'], block: ['*'] } }),
      'repository',
      'GET',
      '1',
      false,
    ],
    [
      'P04 a method that is allowed by name beats a star that blocks',
      repositories({ '*': { allow: ['GET'], block: ['*'] } }),
      'repository',
      'GET',
      '1',
      true,
    ],
    [
      'P04 a method that is blocked by name beats a star that allows',
      repositories({ '*': { allow: ['*'], block: ['PUT'] } }),
      'repository',
      'PUT',
      '1',
      false,
    ],
    [
      'P05 an item that does not speak of the method leaves it to its resource',
      repositories({ '*': { block: ['*'] }, '42': { allow: ['PUT'] } }),
      'repository',
      'GET',
      '42',
      false,
    ],
    [
      'P05 a resource that does not speak of the method leaves it to the global section',
      { resources: { '*': { block: ['*'] }, repository: { '42': { allow: ['PUT'] } } } },
      'repository',
      'GET',
      '42',
      false,
    ],
    [
      'P05 where no section speaks of the method, the default decides',
      { resources: { '*': { block: ['POST'] }, repository: { '42': { allow: ['PUT'] } } } },
      'repository',
      'GET',
      '42',
      true,
    ],
    ['P06 an item is blocked', BLOCKED_42, 'repository', 'GET', '42', false],
    ['P06 the neighbor of an item that is blocked is not', BLOCKED_42, 'repository', 'GET', '43', true],
    ['P06 an item is allowed whose resource is blocked', ONLY_42, 'repository', 'GET', '42', true],
    ['P07 a resource allows what is blocked globally', GLOBALLY_BLOCKED, 'repository', 'GET', '1', true],
    ['P07 a resource allows no other method', GLOBALLY_BLOCKED, 'repository', 'PUT', '1', false],
    [
      'P07 a resource allows its collection no other method either',
      GLOBALLY_BLOCKED,
      'repository',
      'POST',
      null,
      false,
    ],
    ['P07 a resource speaks for no other one', GLOBALLY_BLOCKED, 'server_info', 'GET', null, false],
    [
      'P07 a resource blocks what is allowed globally',
      { resources: { '*': { allow: ['*'] }, repository: { '*': { block: ['*'] } } } },
      'repository',
      'GET',
      '1',
      false,
    ],
    ['P08 an item does not open its collection', ONLY_42, 'repository', 'GET', null, false],
    ['P08 an item does not close its collection', BLOCKED_42, 'repository', 'GET', null, true],
    [
      'P13 a resource that is blocked blocks no other',
      { resources: { review: { '*': { block: ['*'] } } } },
      'repository',
      'GET',
      '1',
      true,
    ],
    [
      'P13 a resource that is allowed allows no other',
      { resources: { '*': { block: ['*'] }, review: { '*': { allow: ['*'] } } } },
      'repository',
      'GET',
      '1',
      false,
    ],
  ])('%s', (...row) => expectDecision(row));
});

describe("an example of Review Board's manual", () => {
  it.each<Row>([
    ['read-only', READ_ONLY, 'repository', 'GET', null, true],
    ['read-only', READ_ONLY, 'repository', 'GET', '1', true],
    ['read-only', READ_ONLY, 'repository', 'HEAD', '1', true],
    ['read-only', READ_ONLY, 'repository', 'POST', null, false],
    ['read-only', READ_ONLY, 'repository', 'PUT', '1', false],
    ['read-only', READ_ONLY, 'repository', 'DELETE', '1', false],
    ['read-only', READ_ONLY, 'review', 'POST', null, false],
    ['read-only', READ_ONLY, 'server_info', 'GET', null, true],
    ['read-only with reviews that may be written', READ_ONLY_BUT_REVIEWS, 'review', 'GET', null, true],
    ['read-only with reviews that may be written', READ_ONLY_BUT_REVIEWS, 'review', 'POST', null, true],
    ['read-only with reviews that may be written', READ_ONLY_BUT_REVIEWS, 'review', 'GET', '7', true],
    ['read-only with reviews that may be written', READ_ONLY_BUT_REVIEWS, 'repository', 'GET', '1', true],
    ['read-only with reviews that may be written', READ_ONLY_BUT_REVIEWS, 'repository', 'PUT', '1', false],
    ['one repository that may be read', ONE_REPOSITORY, 'repository', 'GET', null, false],
    ['one repository that may be read', ONE_REPOSITORY, 'repository', 'GET', '1', true],
    ['one repository that may be read', ONE_REPOSITORY, 'repository', 'DELETE', '1', false],
    ['one repository that may be read', ONE_REPOSITORY, 'repository', 'GET', '2', false],
    ['one repository that may be read', ONE_REPOSITORY, 'repository', 'POST', null, false],
    ['one repository that may be read', ONE_REPOSITORY, 'review', 'GET', null, true],
    ['one repository that may be read', ONE_REPOSITORY, 'server_info', 'GET', null, true],
  ])('P01 does what the manual says: %s (%#)', (...row) => expectDecision(row));
});
