import { isDate } from 'node:util/types';

/** A date that can't be set: one object serves many requests. */
class FrozenDate extends Date {}

// Prints and compares as any other date.
Object.defineProperty(FrozenDate.prototype, 'constructor', { value: Date });

for (const name of Object.getOwnPropertyNames(Date.prototype)) {
  if (!name.startsWith('set')) continue;
  Object.defineProperty(FrozenDate.prototype, name, {
    value() {
      throw new TypeError(
        'The dates of an API token are read-only. Change a copy: new Date(token.expiresAt).',
      );
    },
  });
}

/** A copy of a date that can't be set; null for none. What is not a date is returned as it is. */
export function frozenDate(date: Date | null | undefined): Date | null {
  if (date === null || date === undefined) return null;
  return isDate(date) ? Object.freeze(new FrozenDate(date)) : date;
}

/** Freezes what was parsed from JSON, with everything inside. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
