import { QueryFailedError } from 'typeorm';

/** Whether a statement failed because a value that has to be unique is taken. */
export function isUniqueViolation(error: unknown): boolean {
  return hasCode(error, '23505', 'SQLITE_CONSTRAINT_UNIQUE');
}

/** Whether a statement failed because it would leave a reference to a row that is not there. */
export function isForeignKeyViolation(error: unknown): boolean {
  return hasCode(error, '23503', 'SQLITE_CONSTRAINT_FOREIGNKEY');
}

function hasCode(error: unknown, postgres: string, sqlite: string): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { code } = error.driverError as { readonly code?: unknown };
  return code === postgres || code === sqlite;
}
