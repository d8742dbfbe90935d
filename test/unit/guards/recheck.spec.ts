import { describe, expect, it } from '@jest/globals';
import {
  ApiTokenOwnerProvider,
  getApiToken,
  LegacySha1TokenFormat,
  type TokenPolicy,
} from 'nestjs-api-token';
import { newRequest, startGuard } from './guarded-handlers.js';

/** As {@link startGuard}, with what a request under way is told when it is authorized again: null, or why it has to end. */
async function startRecheck(...options: Parameters<typeof startGuard>) {
  const started = await startGuard(...options);
  const authorizer = started.authorizer;
  const recheck = async (...asked: Parameters<typeof started.contextOf>) =>
    authorizer.authorize(started.contextOf(...asked), 'recheck');
  return { ...started, recheck };
}

const readOnly: TokenPolicy = { resources: { '*': { allow: ['GET'], block: ['*'] } } };

describe('M16 a request under way that is authorized again', () => {
  it('goes on while its token may', async () => {
    const { authorize, recheck, secret, lookUps } = await startRecheck(readOnly, { cache: false });
    const request = newRequest(secret);
    expect(await authorize('list', request)).toBe('passes');
    expect(await recheck('list', request)).toBeNull();
    expect(lookUps()).toBe(2);
  });

  it('ends when its token does, whatever was left on it', async () => {
    const { authorize, recheck, secret, token, tokens } = await startRecheck();
    const request = newRequest(secret);
    expect(await authorize('list', request)).toBe('passes');
    await tokens.revoke(token.id);
    expect(await recheck('list', request)).toEqual({ kind: 'token-rejected', reason: 'revoked' });
  });

  it('ends when the policy of its token no longer allows it', async () => {
    const { authorize, recheck, secret, token, tokens, store } = await startRecheck();
    const request = newRequest(secret);
    expect(await authorize('list', request)).toBe('passes');
    await tokens.update(token.id, { policy: { resources: { '*': { block: ['*'] } } } });
    expect(await recheck('list', request)).toMatchObject({ kind: 'policy-denied' });
    const find = store.findByDigest.bind(store);
    store.findByDigest = (digests) => Promise.resolve(find(digests)) as never;
    await tokens.update(token.id, { policy: readOnly });
    expect(await recheck('list', request)).toBeNull();
  });

  it('ends where its token can not be checked', async () => {
    const { recheck, secret, store } = await startRecheck('full-access', { cache: false });
    store.findByDigest = () => {
      throw new TypeError('password');
    };
    expect(await recheck('list', newRequest(secret))).toEqual({ kind: 'unavailable' });
  });

  it("ends where it has lost its credential, also where that is 'optional'", async () => {
    const { authorize, recheck, secret } = await startRecheck('full-access', {
      requests: { credentials: 'optional' },
    });
    const request = newRequest(secret);
    expect(await authorize('list', request)).toBe('passes');
    request.headers = {};
    expect(await recheck('list', request)).toEqual({ kind: 'credential-missing' });
    expect(await recheck('list', newRequest())).toBeNull();
  });

  it('is not touched, nor is its response', async () => {
    class Owners extends ApiTokenOwnerProvider {
      override load() {
        return { name: 'Grumpy' };
      }
    }
    const secret = 'a9993e364706816aba3e25717850c26c9cd0d89d';
    const formats = { accepted: [new LegacySha1TokenFormat()], deprecated: ['legacy_sha1'] };
    const { recheck, tokens, told } = await startRecheck('full-access', {
      ownerProvider: { useValue: new Owners() },
      requests: { headers: ['x-api-key'] },
      token: { prefix: 'acme', formats },
    });
    await tokens.import({ ownerId: 'grumpy', policy: 'full-access', secret });
    const request = newRequest(undefined, { headers: { 'x-api-key': secret } });
    expect(await recheck('list', request)).toBeNull();
    expect(getApiToken(request)).toBeUndefined();
    expect(Object.keys(request)).toEqual(['headers', 'method', 'params']);
    expect(told).toEqual({});
  });
});
