import { randomBytes } from 'node:crypto';
import libsql from 'libsql';
import { apiTokenEntities, apiTokenMigrations } from 'nestjs-api-token/typeorm';
import { Client } from 'pg';
import { DataSource } from 'typeorm';

const schema = { entities: [...apiTokenEntities], migrations: [...apiTokenMigrations], migrationsRun: true };

/** A database to test on; null where none answers. */
export type TestDatabase = () => Promise<{ dataSource: DataSource; drop(): Promise<void> } | null>;

/** SQLite in memory, through the embedded `libsql`. */
export const sqlite: TestDatabase = async () => {
  const dataSource = new DataSource({
    type: 'better-sqlite3',
    driver: libsql,
    database: ':memory:',
    ...schema,
  });
  await dataSource.initialize();
  return { dataSource, drop: () => dataSource.destroy() };
};

/** PostgreSQL at `TEST_POSTGRES_URL`, in a schema of its own. */
export const postgres: TestDatabase = async () => {
  const url = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return null;
  }
  const name = `test_${randomBytes(6).toString('hex')}`;
  await client.query(`CREATE SCHEMA ${name}`);
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    extra: { options: `-c search_path=${name}` },
    ...schema,
  });
  await dataSource.initialize();
  return {
    dataSource,
    drop: async () => {
      await dataSource.destroy();
      await client.query(`DROP SCHEMA ${name} CASCADE`);
      await client.end();
    },
  };
};
