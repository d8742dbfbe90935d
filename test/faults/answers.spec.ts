import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { ApiTokenOwnerProvider, type ApiTokenRepository } from 'nestjs-api-token';
import { of } from 'rxjs';
import { newServices } from '../support/services.js';
import { everything, foreignSecret } from '../support/tokens.js';
import { startWithRecord, told } from '../unit/tokens/one-record.js';

describe('a repository that answers', () => {
  it.each<[string, unknown]>([
    ['text', 'record'],
    ['a number', 7],
    ['an empty record', {}],
    ['a record of promises', { id: Promise.resolve('t1') }],
  ])('F03 %s leaves every token unavailable', async (_, answer) => {
    const secret = foreignSecret();
    const repository = { useValue: { findByDigest: () => answer } as unknown as ApiTokenRepository };
    const { authenticate, events } = newServices({ repository });
    expect(await authenticate(secret)).toBe('unavailable');
    expect(told(events)).toEqual([
      { type: 'faulted', component: 'repository', fault: { name: 'MalformedRecord' } },
      { type: 'rejected', reason: 'unavailable' },
    ]);
  });

  it.each(['id', 'ownerId', 'digest', 'expiresAt', 'revokedAt'])(
    'F03 a record without %s leaves its token unavailable',
    async (field) => {
      const { authenticate, secret } = await startWithRecord({ [field]: undefined });
      expect(await authenticate(secret)).toBe('unavailable');
    },
  );

  it.each(['id', 'ownerId', 'digest'])(
    'F03 a record with an empty or unreadable %s does too',
    async (field) => {
      for (const value of ['', 7, null]) {
        const { authenticate, secret } = await startWithRecord({ [field]: value });
        expect(await authenticate(secret)).toBe('unavailable');
      }
    },
  );

  it.each(['policy', 'note', 'lastUsedAt'])('F03 a record whose %s is a promise does too', async (field) => {
    const { authenticate, secret, events } = await startWithRecord({
      [field]: Promise.reject(new Error('no')),
    });
    expect(await authenticate(secret)).toBe('unavailable');
    expect(events[0]).toMatchObject({ fault: { name: 'MalformedRecord' } });
  });

  it.each([null, undefined])('%s knows no token', async (answer) => {
    const repository = { useValue: { findByDigest: () => answer } as unknown as ApiTokenRepository };
    const { authenticate } = newServices({ repository });
    expect(await authenticate(foreignSecret())).toBe('unknown');
  });

  it('F02 later than it may leaves every token unavailable', async () => {
    const repository = {
      useValue: { findByDigest: () => sleep(200, null) } as unknown as ApiTokenRepository,
    };
    const { authenticate, events } = newServices({ repository, timeouts: { lookupMs: 20 } });
    expect(await authenticate(foreignSecret())).toBe('unavailable');
    expect(events[0]).toMatchObject({
      component: 'repository',
      fault: { name: 'DeadlineExceeded', code: 'DEADLINE_EXCEEDED' },
    });
  });
});

describe('the owner of a token', () => {
  async function startWithOwner(load: (ownerId: string) => unknown) {
    class Owners extends ApiTokenOwnerProvider {
      override load(ownerId: string): unknown | Promise<unknown> {
        return load(ownerId);
      }
    }
    const services = newServices({
      ownerProvider: { useValue: new Owners() },
      timeouts: { lookupMs: 20 },
    });
    const { secret } = await services.tokens.issue(everything);
    services.events.length = 0;
    return { ...services, secret };
  }

  it('is loaded, at once or later, and answered', async () => {
    const owner = { name: 'Grumpy' };
    const asked: string[] = [];
    for (const load of [() => owner, async () => owner]) {
      const { authenticator, secret } = await startWithOwner((ownerId) => {
        asked.push(ownerId);
        return load();
      });
      expect(await authenticator.authenticate(secret)).toMatchObject({ ok: true, owner });
      expect(await authenticator.authenticate(secret)).toMatchObject({ ok: true, owner });
    }
    expect(asked).toEqual(['grumpy', 'grumpy']);
  });

  it.each([null, undefined])('T15 is inactive where %s is loaded', async (answer) => {
    for (const load of [() => answer, async () => answer]) {
      const { authenticate, secret, events } = await startWithOwner(load);
      expect(await authenticate(secret)).toBe('owner-inactive');
      expect(events).toMatchObject([{ type: 'rejected', reason: 'owner-inactive', ownerId: 'grumpy' }]);
    }
  });

  it.each<[string, unknown]>([
    ['false', false],
    ['text', 'grumpy'],
    ['a list', [{}]],
    ['a map', new Map()],
    ['an async iterable', { async *[Symbol.asyncIterator]() {} }],
    ['an Observable', of({})],
    ['an error', new Error('password')],
  ])('is unavailable where %s is loaded', async (_, answer) => {
    const { authenticate, secret, events } = await startWithOwner(() => answer);
    expect(await authenticate(secret)).toBe('unavailable');
    expect(events[0]).toMatchObject({ component: 'owner-provider', fault: { name: 'MalformedOwner' } });
  });

  it('is unavailable where nothing is loaded in time', async () => {
    const { authenticate, secret, events } = await startWithOwner(() => sleep(200, {}));
    expect(await authenticate(secret)).toBe('unavailable');
    expect(events[0]).toMatchObject({ component: 'owner-provider', fault: { name: 'DeadlineExceeded' } });
  });
});
