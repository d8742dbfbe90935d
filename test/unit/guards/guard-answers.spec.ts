import { ImATeapotException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { ApiTokenOwnerProvider, LegacySha1TokenFormat } from 'nestjs-api-token';
import { newRequest, startGuard } from './guarded-handlers.js';

describe('the guard', () => {
  it('puts the owner on the request, where owners are loaded', async () => {
    const owner = { name: 'Grumpy' };
    class Owners extends ApiTokenOwnerProvider {
      override load() {
        return owner;
      }
    }
    const { authorize, secret } = await startGuard('full-access', {
      ownerProvider: { useValue: new Owners() },
    });
    const request = newRequest(secret);
    expect(await authorize('list', request)).toBe('passes');
    expect(request).toMatchObject({ user: owner });
  });

  it('answers that a format will go', async () => {
    const secret = 'a9993e364706816aba3e25717850c26c9cd0d89d';
    const formats = { accepted: [new LegacySha1TokenFormat()], deprecated: ['legacy_sha1'] };
    const { authorize, tokens, told } = await startGuard('full-access', {
      token: { prefix: 'acme', formats },
    });
    await tokens.import({ ownerId: 'grumpy', policy: 'full-access', secret });
    expect(await authorize('list', newRequest(secret))).toBe('passes');
    expect(told).toEqual({
      'X-API-Token-Deprecated': 'Deprecated token format: request a new token',
    });
  });

  it('keeps answers to keys in other headers from shared caches, and no others', async () => {
    const { authorize, secret, told } = await startGuard('full-access', {
      requests: { headers: ['X-API-Key'] },
    });
    expect(await authorize('list', newRequest(secret))).toBe('passes');
    expect(told).toEqual({});
    expect(await authorize('list', newRequest(undefined, { headers: { 'x-api-key': secret } }))).toBe(
      'passes',
    );
    expect(told).toEqual({ 'Cache-Control': 'private' });
  });

  it('tells a client how to ask', async () => {
    const { authorize, told } = await startGuard();
    await authorize('list', newRequest());
    expect(told).toEqual({ 'WWW-Authenticate': 'Bearer' });
  });

  it('F01 rejects all the same where a response takes no headers', async () => {
    const { authorize, response, events } = await startGuard();
    response.set = () => {
      throw new TypeError('password');
    };
    expect(await authorize('list', newRequest())).toMatchObject({ status: 401 });
    expect(events).toMatchObject([{ type: 'faulted', component: 'guard', fault: { name: 'TypeError' } }]);
  });

  it.each<[string, () => Error, number]>([
    ['the exception that the application makes', () => new ImATeapotException(), 418],
    [
      'its own where the application fails to make one',
      () => {
        throw new TypeError('password');
      },
      401,
    ],
    ['its own where the application makes what is none', () => 'no' as never, 401],
  ])('F01 rejects with %s', async (_, exceptionFactory, status) => {
    const { authorize, events } = await startGuard('full-access', { errors: { exceptionFactory } });
    expect(await authorize('list', newRequest())).toMatchObject({ status });
    expect(events.map((event) => 'component' in event && event.component)).toEqual(
      status === 418 ? [] : ['exception-factory'],
    );
  });
});
