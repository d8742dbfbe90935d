/** The largest number that an `integer` column holds; PostgreSQL fails a query that compares one with more. */
export const MAX_INTEGER = 2_147_483_647;

/** Whether a number can stand in an `integer` column at all. */
export function fitsIntegerColumn(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= MAX_INTEGER;
}
