import { Logger } from '@nestjs/common';
import { type DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import { ApiTokenConfigurationError } from '../../utils/api-token-configuration.error.js';
import { describeFault } from '../../events/describe-fault.js';
import { withinDeadline } from '../../resilience/deadline.js';
import { ApiTokenOwnerEntity } from './api-token-owner.entity.js';
import { ApiTokenSecretEntity } from './api-token-secret.entity.js';
import { ApiTokenEntity } from './api-token.entity.js';
import { sqlStatesOf } from './retry-conflicts.js';
import type { TransactionQueue } from './transaction-queue.js';

const ENTITIES = [ApiTokenEntity, ApiTokenSecretEntity, ApiTokenOwnerEntity];

/** How long a start waits for the database, in milliseconds. */
const PATIENCE_MS = 10_000;

const NO_SUCH_TABLE = /no such (?:table|column)/;

const logger = new Logger('TypeOrmApiTokenStore');

/**
 * Checks that the data source knows the entities, that their tables are there, and that its connection keeps every
 * character. A database that does not answer is logged and stops nothing: requests get 503 until it does.
 *
 * @throws {ApiTokenConfigurationError} Which says what to add.
 */
export async function checkDatabase(dataSource: DataSource, transactions: TransactionQueue): Promise<void> {
  if (!dataSource.isInitialized) {
    return logger.warn('The data source is not initialized yet: its tables are not checked.');
  }
  const forgotten = ENTITIES.filter((entity) => !dataSource.hasMetadata(entity));
  if (forgotten.length > 0) {
    throw new ApiTokenConfigurationError(
      `TypeOrmApiTokenStore: the data source does not know ${forgotten.map(({ name }) => name).join(', ')}. ` +
        'Write entities: [...apiTokenEntities], beside entities of your own.',
    );
  }
  try {
    await withinDeadline(transactions.read(checkConnection), PATIENCE_MS);
  } catch (error) {
    if (error instanceof ApiTokenConfigurationError) throw error;
    const { code, name } = describeFault(error);
    logger.warn(`The database does not answer, so that its tables are not checked: ${code ?? name}.`);
  }
}

async function checkConnection(manager: EntityManager): Promise<void> {
  await checkCharset(manager);
  for (const entity of ENTITIES) {
    try {
      await manager.createQueryBuilder(entity, 'row').where('1 = 0').cache(false).getMany();
    } catch (error) {
      if (!isMissing(error)) throw error;
      throw new ApiTokenConfigurationError(
        `TypeOrmApiTokenStore: the table ${manager.connection.getMetadata(entity).tablePath} is missing, or lacks a ` +
          `column, or may not be read (${error.message}). Write migrations: [...apiTokenMigrations] and ` +
          'migrationsRun: true, or run the migrations before the start. "synchronize" does not make this table.',
      );
    }
  }
}

/** A connection of another charset writes a question mark for what it does not have, and two owners become one. */
async function checkCharset(manager: EntityManager): Promise<void> {
  const { type } = manager.connection.options;
  if (type === 'postgres') {
    const [row] = await manager.query<{ client_encoding: string }[]>('SHOW client_encoding');
    expectCharset('client_encoding', row?.client_encoding, 'UTF8');
  } else if (type === 'mysql' || type === 'mariadb') {
    const [row] = await manager.query<Record<string, string | null>[]>(
      'SELECT @@character_set_client, @@character_set_connection, @@character_set_results',
    );
    for (const [name, charset] of Object.entries(row ?? {})) expectCharset(name, charset, 'utf8mb4');
  }
}

function expectCharset(name: string, charset: string | null | undefined, wanted: string): void {
  if (charset === wanted) return;
  throw new ApiTokenConfigurationError(
    `TypeOrmApiTokenStore: ${name} of the connection is ${charset}, which alters text. Set the charset of the data ` +
      `source to ${wanted}.`,
  );
}

/** Whether the database answered that it can't read the table: class 42 of SQLSTATE, and SQLite's own words. */
function isMissing(error: unknown): error is Error {
  // TypeORM 0.3 leaves what SQLite throws as it is.
  const isOfSqlite =
    error instanceof Object && 'message' in error && NO_SUCH_TABLE.test(String(error.message));
  const isAccessViolation = (state: unknown): boolean => typeof state === 'string' && /^42\w{3}$/.test(state);
  return isOfSqlite || (error instanceof QueryFailedError && sqlStatesOf(error).some(isAccessViolation));
}
