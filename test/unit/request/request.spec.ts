import type { ExecutionContext } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import {
  type ApiToken,
  ApiTokenAccess,
  getApiToken,
  PolicyId,
  RecheckApiToken,
  SkipApiTokenPolicy,
} from 'nestjs-api-token';
import { httpContextAdapter } from '../../../lib/request/api-token-context-adapter.js';
import { fillRequestState, requestState } from '../../../lib/request/request-state.js';

function readOf(request: object) {
  const context = { getArgByIndex: (index: number) => [request, {}][index] };
  return httpContextAdapter.read(context as unknown as ExecutionContext);
}

const headers = { host: 'localhost' };
const rawHeaders = ['Host', 'localhost'];

describe('a request', () => {
  it("of Express is read with Node's own fields", () => {
    const request = { headers, rawHeaders, method: 'GET', params: { id: '1' } };
    expect(readOf(request)).toEqual(request);
  });

  it("of Fastify is read with the fields of Node's request inside", () => {
    const request = { headers, raw: { rawHeaders }, method: 'HEAD', params: {} };
    expect(readOf(request)).toEqual({ headers, rawHeaders, method: 'HEAD', params: {} });
  });

  it('without parameters has none', () => {
    expect(readOf({ headers, method: 'GET' })).toMatchObject({ params: {}, rawHeaders: undefined });
  });
});

describe('what is left on a request', () => {
  const slot = { application: {}, token: { id: '1' } as ApiToken, allowed: null };

  it('is found by the application that left it', () => {
    const request = {};
    expect(requestState(request, slot.application)).toBeUndefined();
    expect(getApiToken(request)).toBeUndefined();
    fillRequestState(request, slot);
    expect(requestState(request, slot.application)).toBe(slot);
    expect(getApiToken(request)).toBe(slot.token);
  });

  it('is not believed by another application, and not found under a name', () => {
    const request = {};
    fillRequestState(request, slot);
    expect(requestState(request, {})).toBeUndefined();
    expect(Object.keys(request)).toEqual([]);
  });

  it('is found by the other copy of this package', () => {
    const request = { [Symbol.for('nestjs-api-token:request')]: slot };
    expect(getApiToken(request)).toBe(slot.token);
  });
});

describe('what decorators leave', () => {
  it('is found by the other copy of this package', () => {
    @PolicyId('review')
    @ApiTokenAccess(false)
    @SkipApiTokenPolicy()
    class Reviews {
      @RecheckApiToken({ everyMs: 1_000 }) events(): void {}
    }
    const read = (name: string) => Reflect.getMetadata(`nestjs-api-token:${name}`, Reviews);
    expect([read('policy-id'), read('access'), read('skip')]).toEqual([{ policyId: 'review' }, false, true]);
    const events = Object.getOwnPropertyDescriptor(Reviews.prototype, 'events')!.value as object;
    expect(Reflect.getMetadata('nestjs-api-token:recheck', events)).toBe(1_000);
  });
});
