import { describe, expect, it } from '@jest/globals';
import { compilePolicy, type CompilePolicyOptions, type TokenPolicy } from 'nestjs-api-token/policy';

/** Allowed or not, the rule that decided, and what came of each section, in one line. */
function explained(policy: TokenPolicy, method: string, options?: CompilePolicyOptions): string {
  const { allowed, rule, trail } = compilePolicy(policy, options).decide('item', method, '1');
  const outcomes = trail.map(({ pointer, outcome }) => `${pointer} ${outcome}`);
  return [allowed ? 'allowed' : 'denied', rule?.pointer ?? 'by default', ...outcomes].join(', ');
}

const ABSENT = '/resources/item/1 absent, /resources/item/* absent';
const star: TokenPolicy = { resources: { '*': { allow: ['*'] } } };

describe('why', () => {
  it.each<[string, TokenPolicy, string, string]>([
    ['GET by default', {}, 'GET', `allowed, by default, ${ABSENT}, /resources/* absent`],
    ['HEAD by default, with GET', {}, 'HEAD', `allowed, by default, ${ABSENT}, /resources/* absent`],
    ['GET by star', star, 'GET', `allowed, /resources/*/allow/0, ${ABSENT}, /resources/* allow`],
    ['HEAD by star, with GET', star, 'HEAD', `allowed, /resources/*/allow/0, ${ABSENT}, /resources/* allow`],
    [
      'HEAD by name, without GET',
      { resources: { '*': { allow: ['HEAD'], block: ['GET'] } } },
      'HEAD',
      `allowed, /resources/*/allow/0, ${ABSENT}, /resources/* allow`,
    ],
    [
      'PROPFIND by name',
      { resources: { '*': { allow: ['GET', 'PROPFIND'] } } },
      'PROPFIND',
      `allowed, /resources/*/allow/1, ${ABSENT}, /resources/* allow`,
    ],
    ['PROPFIND, by star only', star, 'PROPFIND', `denied, by default, ${ABSENT}, /resources/* needs-literal`],
    [
      'a star as a method, by star only',
      star,
      '*',
      `denied, by default, ${ABSENT}, /resources/* needs-literal`,
    ],
    [
      'PROPFIND, by default only',
      {},
      'PROPFIND',
      `denied, by default, ${ABSENT}, /resources/* needs-literal`,
    ],
    [
      'PROPFIND, which is blocked by star',
      { resources: { '*': { block: ['*'] } } },
      'PROPFIND',
      `denied, /resources/*/block/0, ${ABSENT}, /resources/* block`,
    ],
    [
      'HEAD, which is blocked by name',
      { resources: { '*': { block: ['GET', 'HEAD'] } } },
      'HEAD',
      `denied, /resources/*/block/1, ${ABSENT}, /resources/* block`,
    ],
    [
      'HEAD, whose item lets GET not through',
      {
        resources: { '*': { block: ['*'] }, item: { '*': { allow: ['*'] }, '1': { block: ['PUT', 'GET'] } } },
      },
      'HEAD',
      'denied, /resources/item/1/block/1, /resources/item/1 silent, /resources/item/* needs-get',
    ],
    [
      'POST, of which no section speaks',
      { resources: { '*': { allow: ['GET'], block: ['PUT'] }, item: { '1': { block: ['PUT'] } } } },
      'POST',
      'allowed, by default, /resources/item/1 silent, /resources/item/* absent, /resources/* silent',
    ],
  ])('is told of %s', (_, policy, method, explanation) => {
    expect(explained(policy, method)).toBe(explanation);
  });

  it.each<[string, TokenPolicy, string, string]>([
    ['PROPFIND by star', star, 'PROPFIND', `allowed, /resources/*/allow/0, ${ABSENT}, /resources/* allow`],
    ['PROPFIND by default', {}, 'PROPFIND', `allowed, by default, ${ABSENT}, /resources/* absent`],
    [
      'HEAD without GET',
      { resources: { '*': { block: ['GET'] } } },
      'HEAD',
      `allowed, by default, ${ABSENT}, /resources/* silent`,
    ],
  ])("is told of %s in 'exact' mode", (_, policy, method, explanation) => {
    expect(explained(policy, method, { methods: 'exact' })).toBe(explanation);
  });

  it('is told where the application denies by default', () => {
    const denied = `denied, by default, ${ABSENT}, /resources/* absent`;
    for (const method of ['GET', 'HEAD', 'PROPFIND']) {
      expect(explained({}, method, { defaultDecision: 'deny' })).toBe(denied);
    }
  });
});

it('takes no section of all items for one of an item that is named *', () => {
  const policy = compilePolicy({ resources: { project: { '*': { block: ['GET'] } } } });
  expect(policy.decide('project', 'GET', '*').trail).toEqual([
    { pointer: '/resources/project/*', outcome: 'absent' },
    { pointer: '/resources/project/*', outcome: 'block' },
  ]);
});
