import { FindOperator, type ValueTransformer } from 'typeorm';

/**
 * Keeps dates as milliseconds since 1970: every database has integers, and none of them gives an integer a time zone.
 */
export const millisecondsTransformer: ValueTransformer = {
  to: (value: unknown): unknown => {
    // TypeORM 0.3 passes the operator of a condition here, where 1.x passes the operator's value.
    if (value instanceof FindOperator) value.transformValue(millisecondsTransformer);
    return value instanceof Date ? value.getTime() : value;
  },
  // PostgreSQL and MariaDB hand out 64-bit integers as text.
  from: (value: number | string | null): Date | null => (value === null ? null : new Date(Number(value))),
};
