import { describe, expect, it } from '@jest/globals';
import { ApiTokenEvents } from 'nestjs-api-token';
import { filter, map } from 'rxjs';

const ISSUED = { type: 'issued', tokenId: '1', ownerId: 'o' } as const;

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
    events.raise(ISSUED);
    events.raise({ type: 'faulted', component: 'guard', fault: { name: 'TypeError' } });
    subscription.unsubscribe();
    expect(events.observed).toBe(false);
    events.raise(ISSUED);
    expect(seen).toEqual([expect.any(Date)]);
  });

  it('a subscriber that throws behind operators harms neither the others nor the process', async () => {
    const events = new ApiTokenEvents();
    const uncaught: unknown[] = [];
    const listener = (error: unknown) => uncaught.push(error);
    process.on('uncaughtException', listener);
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
    events.raise(ISSUED);
    events.raise(ISSUED);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('uncaughtException', listener);
    expect(seen).toEqual(['told', 'issued', 'issued']);
    expect(uncaught).toEqual([]);
  });
});
