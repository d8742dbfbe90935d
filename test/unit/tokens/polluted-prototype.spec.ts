import { afterEach, describe, expect, it } from '@jest/globals';
import { InMemoryApiTokenStore, type TokenPolicy } from 'nestjs-api-token';
import { compilePolicy, InvalidTokenPolicyError, parseTokenPolicy } from 'nestjs-api-token/policy';
import { bearer, PLATFORMS, startApplication } from '../../support/application.js';
import { issueSecret, reviewServer } from '../../support/review-server.js';
import { newServices } from '../../support/services.js';
import { everything } from '../../support/tokens.js';
import { startWithRecord } from './one-record.js';

const polluted: string[] = [];

/** What a library that merges a request's body into an object without care leaves behind. */
function pollute(members: Readonly<Record<string, unknown>>): void {
  const root: object = Object.prototype;
  Object.assign(root, members);
  polluted.push(...Object.keys(members));
}

afterEach(() => {
  for (const name of polluted.splice(0)) Reflect.deleteProperty(Object.prototype, name);
});

const NOTHING: TokenPolicy = { resources: { '*': { block: ['*'] } } };
const HEAD_ONLY: TokenPolicy = { resources: { '*': { allow: ['HEAD'], block: ['*'] } } };

describe('RO08 what somebody gave Object.prototype', () => {
  it('is not the policy of a policy', async () => {
    const { evaluator } = newServices();
    pollute({ policy: {} });
    expect(evaluator.compiled(NOTHING).allows('item', 'GET', '1')).toBe(false);
    expect(evaluator.decide(NOTHING, { policyId: 'item', method: 'GET', resourceId: null }).allowed).toBe(
      false,
    );
  });

  it.each([
    ['resources', NOTHING.resources],
    ['allow', ['*']],
    ['block', ['*']],
    ['*', { allow: ['*'] }],
    ['methods', 'exact'],
    ['defaultDecision', 'deny'],
  ])('is not %s of a policy', (name, value) => {
    pollute({ [name]: value });
    expect(compilePolicy({}).allows('item', 'GET', '1')).toBe(true);
    expect(compilePolicy({}, { methods: 'http' }).allows('item', 'GET', null)).toBe(true);
    expect(compilePolicy({}).allows('item', 'PROPFIND', '1')).toBe(false);
    expect(compilePolicy(HEAD_ONLY).allows('item', 'GET', '1')).toBe(false);
    expect(compilePolicy(HEAD_ONLY).allows('item', 'HEAD', '1')).toBe(true);
  });

  it('is no option of parsing', () => {
    pollute({ checks: 'shape' });
    const policy = { resources: { item: { '1': { block: ['*'] } } } };
    const catalog = { policyIds: ['other'], canonicalResourceId: (_: string, id: string) => id };
    expect(() => parseTokenPolicy(policy, { catalog })).toThrow(InvalidTokenPolicyError);
  });

  it.each([
    [{ policy: '{}' }, 'policy'],
    [{ expiresAt: null }, 'expiresAt'],
    [{ revokedAt: null }, 'revokedAt'],
    [{ id: 't2' }, 'id'],
    [{ ownerId: 'doc' }, 'ownerId'],
  ])('is no field that a record lacks: %j', async (members, field) => {
    const { authenticator, evaluator, secret } = await startWithRecord({ [field]: undefined });
    const bare = await startWithRecord();
    pollute(members);
    const answer = await authenticator.authenticate(secret);
    if (field === 'policy') {
      expect(answer).toMatchObject({ ok: true, token: { policy: null } });
      if (answer.ok) expect(evaluator.compiled(answer.token).allows('item', 'GET', null)).toBe(false);
      return;
    }
    expect(answer).toEqual({ ok: false, reason: 'unavailable' });
    expect(await bare.authenticate(bare.secret)).toBe('ok');
  });

  it('ends no token, and gives none a name', async () => {
    const { authenticator, secret } = await startWithRecord();
    const past = new Date(0);
    pollute({
      secretExpiresAt: past,
      pausedAt: past,
      revocationReason: 'x',
      notBefore: new Date(8e15),
      kind: 'x',
      note: 'x',
      metadata: '{"a":1}',
    });
    expect(await authenticator.authenticate(secret)).toMatchObject({
      ok: true,
      token: { pausedAt: null, notBefore: null, kind: 'default', note: '', metadata: null },
    });
  });

  it('is no option of issuing, changing and rotating', async () => {
    const { tokens, authenticate } = newServices({
      token: { prefix: 'acme', lifetimes: { defaultMs: 60_000 } },
    });
    pollute({ expiresAt: null, note: 'x', metadata: { a: 1 }, notBefore: new Date(), graceMs: 60_000 });
    const { token, secret } = await tokens.issue(everything);
    expect(token).toMatchObject({ note: '', metadata: null, notBefore: null });
    expect(token.expiresAt).toBeInstanceOf(Date);
    const changed = await tokens.update(token.id, { note: 'mine' });
    expect(changed).toMatchObject({ note: 'mine', metadata: null, expiresAt: token.expiresAt });
    await tokens.rotate(token.id);
    expect(await authenticate(secret)).toBe('rotated');
  });

  it('spares no token that is ended with all others', async () => {
    const { tokens, authenticate } = newServices();
    const { secret } = await tokens.issue(everything);
    pollute({ owners: ['nobody'] });
    await tokens.revokeMany({ all: true });
    expect(await authenticate(secret)).toBe('revoked');
  });

  it('ends the tokens of no other owners', async () => {
    const { tokens, authenticate } = newServices();
    const { secret } = await tokens.issue(everything);
    pollute({ all: true });
    await tokens.revokeMany({ owners: ['somebody-else'] });
    expect(await authenticate(secret)).toBe('ok');
  });

  it('is no answer of the authenticator, whose token may do everything', async () => {
    class LaterStore extends InMemoryApiTokenStore {
      override findByDigest(digests: readonly string[]) {
        return Promise.resolve(super.findByDigest(digests)) as never;
      }
    }
    const server = await startApplication('Express', reviewServer({ repository: LaterStore }));
    const secret = await issueSecret(server, NOTHING);
    pollute({ ok: true, token: { policy: {} } });
    const { status } = await server.send('GET', '/projects', bearer(secret));
    expect(status).toBe(403);
  });

  it('is no option of the module', async () => {
    pollute({
      credentials: 'optional',
      defaultDecision: 'deny',
      skipIf: () => true,
      headers: ['x-key'],
      policies: { defaultDecision: 'deny' },
      lastUsed: false,
    });
    const server = await startApplication('Express', reviewServer({ requests: { credentials: 'required' } }));
    expect((await server.send('GET', '/projects')).status).toBe(401);
    const { status } = await server.send(
      'GET',
      '/projects',
      bearer(await issueSecret(server, 'full-access')),
    );
    expect(status).toBe(200);
  });

  it('leaves an option that was written as it is', async () => {
    pollute({ defaultDecision: 'allow' });
    const { evaluator } = newServices({ policies: { defaultDecision: 'deny' } });
    expect(evaluator.compiled({}).allows('item', 'GET', null)).toBe(false);
  });
});

describe.each(PLATFORMS)('RO08 what somebody gave Object.prototype, on %s', (platform) => {
  it('is no credential of a request', async () => {
    const server = await startApplication(platform, reviewServer({ requests: { headers: ['x-key'] } }));
    const secret = await issueSecret(server, 'full-access');
    pollute({ authorization: `Bearer ${secret}` });
    expect((await server.send('GET', '/projects')).status).toBe(401);
    pollute({ 'x-key': secret });
    expect((await server.send('GET', '/projects')).status).toBe(401);
    expect((await server.send('GET', '/projects', bearer(secret))).status).toBe(200);
  });
});
