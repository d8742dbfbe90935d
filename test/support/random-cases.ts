import { randomInt } from 'node:crypto';
import * as fc from 'fast-check';

/** How many times more cases than in a developer's run. */
const FACTOR = Number(process.env['PROPERTY_FACTOR'] ?? 1);
const SEED = Number(process.env['PROPERTY_SEED'] ?? randomInt(2 ** 31));

process.stderr.write(`properties: PROPERTY_SEED=${SEED} PROPERTY_FACTOR=${FACTOR}\n`);

/** Asserts a property on so many random cases, which `PROPERTY_SEED` repeats. */
export function holds(property: fc.IRawProperty<unknown, false>, cases: number): void {
  fc.assert(property, { numRuns: Math.ceil(cases * FACTOR), seed: SEED });
}

/** As {@link holds}, for what has to be awaited. */
export function eventuallyHolds(property: fc.IRawProperty<unknown, true>, cases: number): Promise<void> {
  return fc.assert(property, { numRuns: Math.ceil(cases * FACTOR), seed: SEED });
}

/** As `expect(actual).toBe(expected)`, at a hundredth of its cost: it is asked millions of times. */
export function same<T>(actual: T, expected: T): void {
  if (actual !== expected) throw new Error(`Expected ${String(expected)}, got ${String(actual)}`);
}
