import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { ExpiringMap } from '../../../lib/repositories/expiring-map.js';

const MAX = 4;
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

function makeMap(lifetimeMs: number) {
  const gone: string[] = [];
  const map = new ExpiringMap<number>({
    maxEntries: MAX,
    lifetimeMs,
    onGone: (value, key) => gone.push(`${key}${value}`),
  });
  return { map, gone };
}

afterEach(() => {
  jest.useRealTimers();
});

describe('a map whose entries leave', () => {
  it('keeps the newest and tells which have gone, in their order', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ set: fc.constantFrom(...KEYS) }) },
      { weight: 2, arbitrary: fc.record({ delete: fc.constantFrom(...KEYS) }) },
      { weight: 1, arbitrary: fc.constant('clear' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { map, gone } = makeMap(60_000);
        let model: [key: string, value: number][] = [];
        const modelGone: string[] = [];
        const leave = (leaving: (key: string) => boolean): void => {
          for (const [key, value] of model) if (leaving(key)) modelGone.push(`${key}${value}`);
          model = model.filter(([key]) => !leaving(key));
        };
        steps.forEach((taken, value) => {
          if (taken === 'clear') {
            map.clear();
            leave(() => true);
          } else if ('delete' in taken) {
            map.delete(taken.delete);
            leave((key) => key === taken.delete);
          } else {
            map.set(taken.set, value);
            model = [...model.filter(([key]) => key !== taken.set), [taken.set, value]];
            if (model.length > MAX) leave((key) => key === model[0]![0]);
          }
          expect(KEYS.map((key) => map.get(key))).toEqual(
            KEYS.map((key) => model.find(([kept]) => kept === key)?.[1]),
          );
        });
        expect(gone).toEqual(modelGone);
        map.clear();
      }),
    );
  });

  it('counts from when an entry was set last, not from when it was read', () => {
    jest.useFakeTimers();
    const { map, gone } = makeMap(100);
    map.set('a', 1);
    map.set('b', 2);
    jest.advanceTimersByTime(60);
    expect(map.get('a')).toBe(1);
    map.set('b', 3);
    jest.advanceTimersByTime(40);
    expect([map.get('a'), map.get('b')]).toEqual([undefined, 3]);
    jest.advanceTimersByTime(60);
    expect(map.get('b')).toBeUndefined();
    expect(gone).toEqual(['a1', 'b3']);
  });

  it('forgets in time when it is full of others', async () => {
    const { map } = makeMap(30);
    for (const key of KEYS) map.set(key, 0);
    await sleep(60);
    expect(KEYS.map((key) => map.get(key))).toEqual(KEYS.map(() => undefined));
  });
});
