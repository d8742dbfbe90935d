import type { ValueTransformer } from 'typeorm';

/**
 * Keeps dates as milliseconds since 1970: every database has integers, and none of them gives an integer a time zone.
 */
export const millisecondsTransformer: ValueTransformer = {
  to: (date: Date | null | undefined): number | null | undefined => date && date.getTime(),
  // PostgreSQL and MariaDB hand out 64-bit integers as text.
  from: (value: number | string | null): Date | null => (value === null ? null : new Date(Number(value))),
};
