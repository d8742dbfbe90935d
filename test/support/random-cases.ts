import { randomInt } from 'node:crypto';
import * as fc from 'fast-check';

/** Of a property that asks nothing but functions. */
const PURE_CASES = 1_000;
/** Of one that asks a server or a database. */
const SLOW_CASES = 100;
/** How many times more pure cases than in a developer's run: 100 in `.ci/run`. */
const FACTOR = Number(process.env['PROPERTY_FACTOR'] ?? 1);
/** No more than 20 times as many slow ones. */
const SLOW_FACTOR = Math.min(FACTOR, 20);
const SEED = Number(process.env['PROPERTY_SEED'] ?? randomInt(2 ** 31));

process.stderr.write(`properties: PROPERTY_SEED=${SEED} PROPERTY_FACTOR=${FACTOR}\n`);

/** Asserts a property on 1,000 random cases, which `PROPERTY_SEED` repeats, and `PROPERTY_FACTOR` makes more. */
export function holds(property: fc.IRawProperty<unknown, false>): void {
  fc.assert(property, { numRuns: Math.ceil(PURE_CASES * FACTOR), seed: SEED });
}

/** Asserts a property that has to be awaited, on 100 cases at first and 2,000 at most. */
export function eventuallyHolds(
  property: fc.IRawProperty<unknown, true>,
  cases: number = SLOW_CASES,
): Promise<void> {
  return fc.assert(property, { numRuns: Math.ceil(cases * SLOW_FACTOR), seed: SEED });
}

/** As `expect(actual).toBe(expected)`, at a hundredth of its cost: it is asked millions of times. */
export function same<T>(actual: T, expected: T): void {
  if (actual !== expected) throw new Error(`Expected ${String(expected)}, got ${String(actual)}`);
}
