import { beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { ApiTokenEvents, type ApiTokenFault } from 'nestjs-api-token';
import { filter, map } from 'rxjs';
import { countHeld } from '../../support/collect-garbage.js';
import { unreadableError, unreadableObject } from '../../support/faults.js';

const ISSUED = { type: 'issued', tokenId: '1', ownerId: 'o' } as const;

// Faults are logged, too.
beforeAll(() => Logger.overrideLogger(false));

describe('ApiTokenEvents', () => {
  it('is an Observable: operators work, and a subscription ends', () => {
    const events = new ApiTokenEvents();
    const seen: unknown[] = [];
    const subscription = events
      .pipe(
        filter(({ type }) => type === 'issued'),
        map((event) => event.at),
      )
      .subscribe((at) => seen.push(at));
    expect(events.observed).toBe(true);
    events.emit(ISSUED);
    events.emit({ type: 'faulted', component: 'guard', fault: { name: 'TypeError' } });
    subscription.unsubscribe();
    expect(events.observed).toBe(false);
    events.emit(ISSUED);
    expect(seen).toEqual([expect.any(Date)]);
  });

  it('a subscriber that throws behind operators harms neither the others nor the process', async () => {
    const events = new ApiTokenEvents();
    const seen: unknown[] = [];
    events.pipe(filter(() => true)).subscribe(() => {
      throw new Error('subscriber');
    });
    events
      .pipe(
        map(() => {
          throw new Error('operator');
        }),
      )
      .subscribe({ next: () => undefined, error: () => seen.push('told') });
    events.pipe(map(() => Promise.reject(new Error('unhandled')))).subscribe((promise) => promise);
    events.subscribe(({ type }) => seen.push(type));
    events.emit(ISSUED);
    events.emit(ISSUED);
    // Jest fails a test in which something is thrown that nobody catches.
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen).toEqual(['told', 'issued', 'issued']);
  });

  it('a subscriber that never settles holds nothing', async () => {
    const events = new ApiTokenEvents();
    const emitted: WeakRef<object>[] = [];
    events.subscribe(async (event) => {
      emitted.push(new WeakRef(event));
      await new Promise(() => undefined);
    });
    for (let count = 0; count < 1_000; count += 1) events.emit(ISSUED);
    expect(emitted).toHaveLength(1_000);
    expect(await countHeld(emitted)).toBeLessThan(10);
  });

  it.each<[string, unknown, ApiTokenFault]>([
    ['an error', new TypeError('secret'), { name: 'TypeError' }],
    ['one of a class of its own', new (class Rejected extends Error {})('secret'), { name: 'Rejected' }],
    ['one with a code', Object.assign(new Error('secret'), { code: 42 }), { name: 'Error', code: '42' }],
    ['one with a code that is no text', Object.assign(new Error(), { code: {} }), { name: 'Error' }],
    ['no error', 'secret', { name: 'string' }],
    ['null', null, { name: 'object' }],
    [
      'one that writes lines',
      Object.assign(new Error(), { name: 'a\r\nb\u2028\u001B[31m' }),
      { name: 'a??b??[31m' },
    ],
    [
      'one with a long name',
      Object.assign(new Error(), { name: 'a'.repeat(1_000) }),
      { name: 'a'.repeat(100) },
    ],
    [
      'one whose name is no text',
      Object.assign(new Error(), { name: Symbol('secret') }),
      { name: 'unknown' },
    ],
    ['one that throws when it is read', unreadableError(), { name: 'unknown' }],
    ['an object that throws when it is read', unreadableObject(), { name: 'unknown' }],
  ])('tells of %s no more than its class and its code', (_, error, fault) => {
    const events = new ApiTokenEvents();
    const seen: unknown[] = [];
    events.subscribe((event) => seen.push(event));
    events.emitFault('clock', error);
    expect(seen).toEqual([{ type: 'faulted', component: 'clock', fault, at: expect.any(Date) }]);
  });
});
