import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import libsql from 'libsql';
import { createConnection } from 'mysql2/promise';
import { apiTokenEntities, apiTokenMigrations } from 'nestjs-api-token/typeorm';
import { Client } from 'pg';
import { DataSource } from 'typeorm';

const schema = { entities: [...apiTokenEntities], migrations: [...apiTokenMigrations], migrationsRun: true };

/** A database to test on; null where none answers. */
export type TestDatabase = () => Promise<{ dataSource: DataSource; drop(): Promise<void> } | null>;

/** A function and no class: TypeORM 0.3.23 calls it without `new`. */
function libsqlDriver(...args: ConstructorParameters<typeof libsql>): libsql.Database {
  return new libsql(...args);
}

async function openSqlite(database: string): Promise<DataSource> {
  return new DataSource({ type: 'better-sqlite3', driver: libsqlDriver, database, ...schema }).initialize();
}

/** SQLite in memory, through the embedded `libsql`. */
export const sqlite: TestDatabase = async () => {
  const dataSource = await openSqlite(':memory:');
  return { dataSource, drop: () => dataSource.destroy() };
};

/** SQLite in a file of its own. */
export const sqliteFile: TestDatabase = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'api-token-'));
  const dataSource = await openSqlite(join(directory, 'tokens.sqlite'));
  return {
    dataSource,
    drop: async () => {
      await dataSource.destroy();
      await rm(directory, { recursive: true });
    },
  };
};

/** What connecting answers; null where it fails, unless nothing may be skipped. */
export async function unlessSilent<T>(connect: () => Promise<T>): Promise<T | null> {
  try {
    return await connect();
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return null;
  }
}

function newName(): string {
  return `test_${randomBytes(6).toString('hex')}`;
}

/** PostgreSQL at `TEST_POSTGRES_URL`, in a schema of its own. */
export const postgres: TestDatabase = async () => {
  const url = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  if ((await unlessSilent(() => client.connect())) === null) return null;
  const name = newName();
  await client.query(`CREATE SCHEMA ${name}`);
  const dataSource = await new DataSource({
    type: 'postgres',
    url,
    extra: { options: `-c search_path=${name}` },
    ...schema,
  }).initialize();
  return {
    dataSource,
    drop: async () => {
      await dataSource.destroy();
      await client.query(`DROP SCHEMA ${name} CASCADE`);
      await client.end();
    },
  };
};

/** MariaDB at `TEST_MARIADB_URL`, in a database of its own. */
function mySql(type: 'mariadb' | 'mysql'): TestDatabase {
  return async () => {
    const url = process.env['TEST_MARIADB_URL'] ?? 'mysql://root@127.0.0.1:3306/';
    const connection = await unlessSilent(() => createConnection({ uri: url, connectTimeout: 2_000 }));
    if (connection === null) return null;
    const name = newName();
    await connection.query(`CREATE DATABASE ${name}`);
    const dataSource = await new DataSource({ type, url, database: name, ...schema }).initialize();
    return {
      dataSource,
      drop: async () => {
        await dataSource.destroy();
        await connection.query(`DROP DATABASE ${name}`);
        await connection.end();
      },
    };
  };
}

/** MariaDB, as those name it who use it for what it is. */
export const mariadb = mySql('mariadb');

/** MariaDB, as those name it who came from MySQL. */
export const mariadbAsMySql = mySql('mysql');
