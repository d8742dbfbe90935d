import { describe, expect, it } from '@jest/globals';
import type { ApiToken, StoredApiToken, TokenPolicy } from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { everything } from '../../support/tokens.js';

const readOnly: TokenPolicy = { resources: { '*': { allow: ['GET'], block: ['*'] } } };

async function startWithPolicy(policy: string | null, unknownPolicyIds?: 'report' | 'deny') {
  const services = newServices({
    ...(unknownPolicyIds && { policies: { unknownIds: unknownPolicyIds } }),
  });
  const { token, secret } = await services.tokens.issue(everything);
  await services.store.update(token.id, { policy } satisfies Partial<StoredApiToken>);
  services.events.length = 0;
  const answer = await services.authenticator.authenticate(secret);
  if (!answer.ok) throw new Error(answer.reason);
  return { ...services, token: answer.token };
}

describe('a policy that is stored', () => {
  it.each<[string, string | null, string, string]>([
    ['none', null, '', 'NOT_AN_OBJECT'],
    ['no JSON', '{"resources":', '', 'NOT_JSON'],
    ['of bad shape', '{"resources":{"*":{"block":["*"],"allow":"GET"}}}', '/resources/*/allow', 'NOT_A_LIST'],
  ])('F06 and is %s denies everything, and is told', async (_, policy, pointer, code) => {
    const { token, evaluator, events } = await startWithPolicy(policy);
    expect(token.policy).toBeNull();
    const access = { policyId: 'project', method: 'GET', resourceId: null };
    expect(evaluator.decide(token, access)).toMatchObject({ allowed: false, rule: null });
    expect(evaluator.compiled(token).filter('project', 'GET')).toEqual({ mode: 'none' });
    expect(events).toMatchObject([
      { type: 'policy-unresolved', tokenId: token.id, ownerId: 'grumpy', issues: [{ pointer, code }] },
    ]);
  });

  it('is not held to the limits of writing', async () => {
    const items = Object.fromEntries(Array.from({ length: 1_001 }, (_, id) => [id, { allow: ['GET'] }]));
    const { token, events } = await startWithPolicy(JSON.stringify({ resources: { project: items } }));
    expect(token.policy).not.toBeNull();
    expect(events).toEqual([]);
  });

  it('is one object for one text, whoever has it, and is compiled once', async () => {
    const { tokens, evaluator } = newServices();
    const issue = async () => (await tokens.issue({ ...everything, policy: readOnly })).token;
    const [one, other] = [await issue(), await issue()];
    expect(one.policy).toBe(other.policy);
    expect(one.policy).toEqual(readOnly);
    expect(evaluator.compiled(one)).toBe(evaluator.compiled(other));
    expect(evaluator.compiled(one.policy!)).toBe(evaluator.compiled(one));
  });

  const unknown: TokenPolicy = {
    resources: {
      '*': readOnly.resources!['*']!,
      branch: { '*': { block: ['*'] } },
      project: { '1': { block: ['*'] } },
    },
  };

  it.each([undefined, 'report'] as const)('names what nobody has: with %s that is told', async (setting) => {
    const { token, events } = await startWithPolicy(JSON.stringify(unknown), setting);
    expect(token.policy).toEqual(unknown);
    const [event, ...rest] = events;
    expect(event).toEqual({
      type: 'unknown-policy-ids',
      tokenId: token.id,
      ownerId: 'grumpy',
      policyIds: ['branch'],
      at: expect.any(Date),
    });
    expect(rest).toEqual([]);
  });

  it("names what nobody has: with 'deny' that denies everything", async () => {
    const { token, events, tokens } = await startWithPolicy(JSON.stringify(unknown), 'deny');
    expect(token.policy).toBeNull();
    expect(events).toHaveLength(1);
    expect((await tokens.find(token.id))?.policy).toBeNull();
    expect(events).toHaveLength(2);
  });
});

describe('the evaluator', () => {
  it('authorizes tokens and policies by the default of the application', async () => {
    for (const defaultDecision of ['allow', 'deny'] as const) {
      const { evaluator, tokens } = newServices({ policies: { defaultDecision } });
      const policy: TokenPolicy = { resources: { project: { '1': { block: ['*'] } } } };
      const { token } = await tokens.issue({ ...everything, policy });
      const access = { policyId: 'project', method: 'GET', resourceId: '2' };
      for (const subject of [token, policy, {} as TokenPolicy] satisfies (ApiToken | TokenPolicy)[]) {
        expect(evaluator.decide(subject, access).allowed).toBe(defaultDecision === 'allow');
        expect(evaluator.decide(token, { ...access, resourceId: '1' })).toMatchObject({
          allowed: false,
          rule: { pointer: '/resources/project/1/block/0' },
        });
      }
    }
  });
});
