import { describe, expect, it } from '@jest/globals';
import { compilePolicy, HTTP_METHODS, type TokenPolicy } from 'nestjs-api-token/policy';

describe('compilePolicy', () => {
  it('tells all 35 methods apart, more than fit one mask', () => {
    const items = Object.fromEntries(HTTP_METHODS.map((method) => [method, { allow: [method] }]));
    const policy = { resources: { '*': { block: ['*'] }, item: items } } as TokenPolicy;
    for (const methods of ['exact', 'http'] as const) {
      const compiled = compilePolicy(policy, { methods });
      for (const method of HTTP_METHODS) {
        const allowed = HTTP_METHODS.filter((item) => compiled.allows('item', method, item));
        expect(allowed).toEqual([method]);
        expect(compiled.filter('item', method)).toEqual({ mode: 'only', ids: new Set([method]) });
      }
    }
  });

  it('is independent of the document it was made from', () => {
    const block = ['*' as const];
    const compiled = compilePolicy({ resources: { '*': { block } } });
    block.pop();
    expect(compiled.allows('item', 'GET', null)).toBe(false);
    expect(compiled.decide('item', 'GET', null).rule).toEqual({
      pointer: '/resources/*/block/0',
      effect: 'block',
    });
  });

  it('D10 takes nothing from a polluted prototype', () => {
    const polluted = Object.prototype as unknown as Record<string, unknown>;
    polluted['allow'] = ['*', 'POST'];
    polluted['resources'] = { '*': { allow: ['POST'] } };
    try {
      const compiled = compilePolicy({ resources: { '*': { block: ['*'] } } });
      expect(compiled.allows('item', 'POST', null)).toBe(false);
      expect(compilePolicy({}, { defaultDecision: 'deny' }).allows('item', 'POST', null)).toBe(false);
    } finally {
      delete polluted['allow'];
      delete polluted['resources'];
    }
  });

  it('names the sections it consulted, and the rule that decided', () => {
    const compiled = compilePolicy({
      resources: { '*': { allow: ['GET'], block: ['*'] }, 'a/b': { '~1': { allow: ['POST'] } } },
    });
    expect(compiled.decide('a/b', 'DELETE', '~1')).toEqual({
      allowed: false,
      rule: { pointer: '/resources/*/block/0', effect: 'block' },
      trail: [
        { pointer: '/resources/a~1b/~01', outcome: 'silent' },
        { pointer: '/resources/a~1b/*', outcome: 'absent' },
        { pointer: '/resources/*', outcome: 'block' },
      ],
      policyId: 'a/b',
      method: 'DELETE',
      resourceId: '~1',
    });
    expect(compiled.decide('other', 'GET', null)).toMatchObject({
      allowed: true,
      rule: { pointer: '/resources/*/allow/0' },
    });
  });

  it.each<[string, TokenPolicy, string, object]>([
    [
      'HEAD by star where GET is blocked',
      { resources: { '*': { allow: ['*'], block: ['GET'] } } },
      'HEAD',
      { allowed: false, rule: { pointer: '/resources/*/block/0' }, trail: [{}, { outcome: 'needs-get' }] },
    ],
    [
      'HEAD by default where GET is blocked',
      { resources: { '*': { block: ['GET'] } } },
      'HEAD',
      { allowed: false, rule: { effect: 'block' } },
    ],
    ['HEAD by name', { resources: { '*': { allow: ['HEAD'], block: ['GET'] } } }, 'HEAD', { allowed: true }],
    [
      'PROPFIND by star',
      { resources: { '*': { allow: ['*'] } } },
      'PROPFIND',
      { allowed: false, rule: null, trail: [{}, { outcome: 'needs-literal' }] },
    ],
    ['PROPFIND by name', { resources: { '*': { allow: ['PROPFIND'] } } }, 'PROPFIND', { allowed: true }],
  ])("in 'http' mode authorizes %s", (_, policy, method, decision) => {
    expect(compilePolicy(policy).decide('item', method, null)).toMatchObject(decision);
  });
});
