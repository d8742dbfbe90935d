import { setTimeout } from 'node:timers/promises';
import { QueryFailedError } from 'typeorm';

/** SQLSTATEs of a transaction that lost against another one, and holds when it is run again. */
const CONFLICTS: ReadonlySet<unknown> = new Set([
  '40001', // serialization failure; a deadlock on MariaDB and MySQL
  '40P01', // a deadlock on PostgreSQL
]);

const MAX_ATTEMPTS = 10;
const MAX_DELAY_MS = 200;

/**
 * Runs a transaction, and again where the database undid it in favor of another one.
 *
 * @throws What the transaction throws: at once for any other failure, for a conflict after the last attempt.
 */
export async function retryConflicts<T>(transaction: () => Promise<T>, attempt = 1): Promise<T> {
  try {
    return await transaction();
  } catch (error) {
    if (attempt === MAX_ATTEMPTS || !isConflict(error)) throw error;
  }
  // At random, so that those who met don't meet again.
  await setTimeout(Math.random() * Math.min(2 ** attempt, MAX_DELAY_MS));
  return retryConflicts(transaction, attempt + 1);
}

/**
 * Whether a commit that failed was undone: the database said so, or it was never asked. After any other failure, such as
 * that of a connection, nobody knows.
 */
export function isUndone(error: unknown): boolean {
  return !(error instanceof QueryFailedError) || isConflict(error) || sqlStatesOf(error).some(isIntegrity);
}

function isConflict(error: unknown): boolean {
  return error instanceof QueryFailedError && sqlStatesOf(error).some((state) => CONFLICTS.has(state));
}

function isIntegrity(sqlState: unknown): boolean {
  return typeof sqlState === 'string' && /^23\w{3}$/.test(sqlState);
}

/** The drivers of PostgreSQL and MariaDB each have their own name for it. */
export function sqlStatesOf(error: QueryFailedError): unknown[] {
  const { code, sqlState } = error.driverError as { code?: unknown; sqlState?: unknown };
  return [code, sqlState];
}
