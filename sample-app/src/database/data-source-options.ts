import Database from 'libsql';
import { apiTokenEntities, apiTokenMigrations } from 'nestjs-api-token/typeorm';
import type { DataSourceOptions } from 'typeorm';
import { PersonEntity } from '../people/person.entity.js';
import { RepositoryEntity } from '../repositories/repository.entity.js';
import { ReviewRequestEntity } from '../review-requests/review-request.entity.js';
import { ReviewEntity } from '../reviews/review.entity.js';
import { ServerInfoEntity } from '../server-info/server-info.entity.js';
import type { Settings } from '../settings.js';
import { CreateCodeReviewTables1763856000000 } from './create-code-review-tables.migration.js';

/** The database of the settings, with every table of the server and of its API tokens. */
export function dataSourceOptions({ databaseUrl, databaseFile }: Settings): DataSourceOptions {
  const shared = {
    entities: [
      PersonEntity,
      ServerInfoEntity,
      RepositoryEntity,
      ReviewRequestEntity,
      ReviewEntity,
      ...apiTokenEntities,
    ],
    migrations: [CreateCodeReviewTables1763856000000, ...apiTokenMigrations],
    migrationsRun: true,
  };
  return databaseUrl === null
    ? { type: 'better-sqlite3', driver: Database, database: databaseFile, ...shared }
    : { type: 'postgres', url: databaseUrl, ...shared };
}
