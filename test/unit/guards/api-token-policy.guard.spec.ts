import { describe, expect, it } from '@jest/globals';
import { getApiToken, type TokenPolicy } from 'nestjs-api-token';
import { foreignSecret } from '../../support/tokens.js';
import { type HandlerName, newRequest, startGuard } from './guarded-handlers.js';

describe('the guard', () => {
  it('lets a request pass whose policy allows it, with its token on it', async () => {
    const { authorize, secret, token, told, events } = await startGuard();
    const request = newRequest(secret);
    expect(await authorize('list', request)).toBe('passes');
    expect(getApiToken(request)).toEqual(token);
    expect(Object.keys(request)).toEqual(['headers', 'method', 'params']);
    expect(told).toEqual({});
    expect(events).toEqual([]);
  });

  it.each<[string, HandlerName, object, object]>([
    [
      'brings no credential',
      'list',
      { headers: {} },
      { rejection: { kind: 'credential-missing' }, status: 401 },
    ],
    [
      'brings two',
      'list',
      { rawHeaders: ['Authorization', 'a', 'authorization', 'b'] },
      { rejection: { kind: 'credential-ambiguous' }, status: 400 },
    ],
    [
      'brings one that nobody has',
      'list',
      { headers: { authorization: `Bearer ${foreignSecret()}` } },
      { rejection: { kind: 'token-rejected', reason: 'unknown' }, status: 401 },
    ],
    ['asks what is closed to tokens', 'closed', {}, { rejection: { kind: 'route-closed' }, status: 403 }],
    [
      'asks what is not set up',
      'misconfigured',
      {},
      { rejection: { kind: 'route-misconfigured', problems: [{ code: 'POLICY_ID_RESERVED' }] }, status: 403 },
    ],
    [
      'M05 has another method than its handler',
      'list',
      { method: 'POST' },
      { rejection: { kind: 'method-mismatch', method: 'POST', declaredMethod: 'GET' }, status: 403 },
    ],
    ...[{}, { id: '' }, { id: 4.2 }, { id: ['42'] }, { id: '042' }, { key: '42' }].map(
      (params): [string, HandlerName, object, object] => [
        `C01 asks for an item with the parameters ${JSON.stringify(params)}`,
        'find',
        { params },
        {
          rejection: { kind: 'resource-id-not-canonical', policyId: 'project', param: 'id' },
          status: 400,
        },
      ],
    ),
  ])('rejects a request that %s', async (_, handler, change, answer) => {
    const { authorize, secret } = await startGuard();
    expect(await authorize(handler, newRequest(secret, change))).toMatchObject(answer);
  });

  it('C01 rejects an item whose own canonicalizer answers with no text', async () => {
    const { authorize, secret } = await startGuard();
    expect(await authorize('odd', newRequest(secret, { params: { id: '42' } }))).toMatchObject({
      rejection: { kind: 'resource-id-not-canonical', param: 'id' },
    });
  });

  it.each([undefined, '', 42, ['42']])(
    'C01 rejects an item that is %j, before its canonicalizer is asked',
    async (id) => {
      const { authorize, secret } = await startGuard();
      expect(await authorize('own', newRequest(secret, { params: { id } }))).toMatchObject({
        rejection: { kind: 'resource-id-not-canonical', param: 'id' },
      });
      expect(await authorize('own', newRequest(secret, { params: { id: '42' } }))).toBe('passes');
    },
  );

  it('M01 authorizes HEAD on a GET handler, and whatever stands on a handler of no method', async () => {
    const { authorize, secret } = await startGuard({ resources: { '*': { block: ['HEAD', 'DELETE'] } } });
    expect(await authorize('list', newRequest(secret))).toBe('passes');
    expect(await authorize('list', newRequest(secret, { method: 'HEAD' }))).toMatchObject({
      rejection: { kind: 'policy-denied' },
    });
    expect(await authorize('create', newRequest(secret, { method: 'HEAD' }))).toMatchObject({
      rejection: { kind: 'method-mismatch', method: 'HEAD', declaredMethod: 'POST' },
    });
    expect(await authorize('any', newRequest(secret, { method: 'POST' }))).toBe('passes');
    expect(await authorize('any', newRequest(secret, { method: 'DELETE' }))).toMatchObject({
      rejection: { kind: 'policy-denied' },
    });
  });

  it('authorizes the item that a path names, and tells of a denial', async () => {
    const { authorize, secret, token, events } = await startGuard({
      resources: { project: { '42': { block: ['*'] } } },
    });
    expect(await authorize('find', newRequest(secret, { params: { id: '43' } }))).toBe('passes');
    expect(await authorize('list', newRequest(secret))).toBe('passes');
    const decision = {
      allowed: false,
      policyId: 'project',
      method: 'GET',
      resourceId: '42',
      rule: { pointer: '/resources/project/42/block/0' },
    };
    expect(await authorize('find', newRequest(secret, { params: { id: '42' } }))).toMatchObject({
      status: 403,
      rejection: { kind: 'policy-denied', decision },
    });
    expect(events).toMatchObject([{ type: 'denied', decision, tokenId: token.id, ownerId: 'grumpy' }]);
  });

  it('F06 rejects a token whose stored policy is damaged, and says so', async () => {
    const { authorize, secret, store, token } = await startGuard();
    await store.update(token.id, { policy: '{' });
    expect(await authorize('list', newRequest(secret))).toMatchObject({
      status: 403,
      rejection: { kind: 'policy-unusable', decision: { allowed: false } },
    });
  });

  it('leaves alone what skips it: routes, and what skipIf says, if it says true', async () => {
    const { authorize } = await startGuard();
    expect(await authorize('skipped', newRequest())).toBe('passes');
    const open = await startGuard('full-access', {
      requests: { skipIf: (context) => context.getHandler().name === 'closed' },
    });
    expect(await open.authorize('closed', newRequest())).toBe('passes');
    expect(await open.authorize('list', newRequest())).toMatchObject({ status: 401 });
  });

  it("lets a request without a credential pass on where that is 'optional', but none with a bad one", async () => {
    const { authorize, secret } = await startGuard('full-access', { requests: { credentials: 'optional' } });
    expect(await authorize('list', newRequest())).toBe('passes');
    expect(await authorize('list', newRequest(foreignSecret()))).toMatchObject({ status: 401 });
    expect(await authorize('list', newRequest(secret))).toBe('passes');
  });

  it('rejects contexts that nobody set up, lets pass what may skip it, and reads others with their adapter', async () => {
    const { authorize, secret } = await startGuard('full-access', {
      requests: {
        contexts: {
          ws: 'skip',
          rpc: 'deny',
          graphql: {
            read: () => ({
              headers: { authorization: `Bearer ${secret}` },
              method: 'GET',
              params: {},
            }),
            carrier: (context) => context.getArgByIndex<object>(0),
          },
        },
      },
    });
    expect(await authorize('list', {}, 'ws')).toBe('passes');
    for (const contextType of ['rpc', 'telnet', 'constructor']) {
      expect(await authorize('list', newRequest(secret), contextType)).toMatchObject({
        status: 403,
        rejection: { kind: 'context-unsupported', contextType },
      });
    }
    const carrier = {};
    expect(await authorize('list', carrier, 'graphql')).toBe('passes');
    expect(getApiToken(carrier)?.ownerId).toBe('grumpy');
  });

  it('F01 rejects with 503 where a token can not be checked, and where something fails that never should', async () => {
    const { authorize, secret, store, events } = await startGuard('full-access', { cache: false });
    store.findByDigest = () => {
      throw new TypeError('password');
    };
    const unavailable = { status: 503, rejection: { kind: 'unavailable' } };
    expect(await authorize('list', newRequest(secret))).toMatchObject(unavailable);
    expect(await authorize('list', { method: 'GET' })).toMatchObject(unavailable);
    expect(events.at(-1)).toMatchObject({
      type: 'faulted',
      component: 'guard',
      fault: { name: 'TypeError' },
    });
  });

  it('W16 lets a request pass, and rejects one, after a look-up that takes time', async () => {
    const { authorize, secret, store } = await startGuard(
      { resources: { '*': { block: ['POST'] } } },
      { cache: false },
    );
    const find = store.findByDigest.bind(store);
    store.findByDigest = (digests) => Promise.resolve(find(digests)) as never;
    expect(await authorize('list', newRequest(secret))).toBe('passes');
    expect(await authorize('create', newRequest(secret, { method: 'POST' }))).toMatchObject({ status: 403 });
  });

  it('F01 rejects with 503 where something fails after a look-up that takes time', async () => {
    const { authorize, secret, store, events } = await startGuard();
    const find = store.findByDigest.bind(store);
    store.findByDigest = (digests) => Promise.resolve(find(digests)) as never;
    const sealed = Object.freeze(newRequest(secret));
    expect(await authorize('list', sealed)).toMatchObject({
      status: 503,
      rejection: { kind: 'unavailable' },
    });
    expect(events).toMatchObject([{ type: 'faulted', component: 'guard', fault: { name: 'TypeError' } }]);
    expect(await authorize('list', newRequest(foreignSecret()))).toMatchObject({ status: 401 });
  });
});

describe('W06 the guard, run twice on one request,', () => {
  it('looks up and decides once', async () => {
    const { authorize, secret, lookUps, evaluator } = await startGuard('full-access', { cache: false });
    const request = newRequest(secret, { params: { id: '42' } });
    let compiled = 0;
    const compile = evaluator.compiled.bind(evaluator);
    evaluator.compiled = (subject) => {
      compiled += 1;
      return compile(subject);
    };
    for (let run = 0; run < 3; run += 1) expect(await authorize('find', request)).toBe('passes');
    expect([lookUps(), compiled]).toEqual([1, 1]);
  });

  it('decides anew where the handler, the method or the item is another', async () => {
    const policy: TokenPolicy = {
      resources: { project: { '*': { block: ['HEAD'] }, '42': { block: ['*'] }, '43': { allow: ['*'] } } },
    };
    const { authorize, secret, lookUps } = await startGuard(policy, { cache: false });
    const request = newRequest(secret, { params: { id: '43' } });
    const denied = { rejection: { kind: 'policy-denied' } };
    const other = newRequest(secret, { params: { id: '43' } });
    expect(await authorize('find', other)).toBe('passes');
    expect(await authorize('find', Object.assign(other, { params: { id: '42' } }))).toMatchObject(denied);
    expect(await authorize('find', request)).toBe('passes');
    expect(await authorize('list', request)).toBe('passes');
    expect(await authorize('closed', request)).toMatchObject({ rejection: { kind: 'route-closed' } });
    expect(await authorize('find', Object.assign(request, { params: { id: '42' } }))).toMatchObject(denied);
    expect(await authorize('list', Object.assign(request, { method: 'HEAD' }))).toMatchObject(denied);
    expect(lookUps()).toBe(2);
  });
});
