import { describe, expect, it } from '@jest/globals';
import { compilePolicy, type PolicyFilter, type TokenPolicy } from 'nestjs-api-token/policy';

const all = { mode: 'all' } as const;
const none = { mode: 'none' } as const;
const listed = {
  resources: { item: { '*': { block: ['GET'] }, '1': { allow: ['GET'] }, '2': { block: ['PUT'] } } },
} satisfies TokenPolicy;

describe('the filter of a list', () => {
  it.each<[string, TokenPolicy, string, PolicyFilter]>([
    ['everything of a policy that limits nothing', {}, 'GET', all],
    ['nothing where everything is blocked', { resources: { '*': { block: ['*'] } } }, 'GET', none],
    ['the items that are allowed', listed, 'GET', { mode: 'only', ids: new Set(['1']) }],
    ['all but the items that are blocked', listed, 'PUT', { mode: 'except', ids: new Set(['2']) }],
    ['everything where the listed items differ in nothing', listed, 'POST', all],
    ['nothing, of a method that must be named', listed, 'PROPFIND', none],
    [
      'everything of a resource that is not named',
      { resources: { other: { '1': { block: ['*'] } } } },
      'GET',
      all,
    ],
  ])('lets through %s', (_, policy, method, filter) => {
    expect(compilePolicy(policy).filter('item', method)).toEqual(filter);
  });
});

describe('a policy that limits nothing', () => {
  it.each(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])('allows %s', (method) => {
    expect(compilePolicy({}).allows('item', method, null)).toBe(true);
    expect(compilePolicy({}).allows('item', method, '1')).toBe(true);
    expect(compilePolicy({}, { defaultDecision: 'deny' }).allows('item', method, null)).toBe(false);
  });

  it("allows what must be named in 'exact' mode only", () => {
    expect(compilePolicy({}).allows('item', 'PROPFIND', null)).toBe(false);
    expect(compilePolicy({}, { methods: 'exact' }).allows('item', 'PROPFIND', null)).toBe(true);
  });
});
