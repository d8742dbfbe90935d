/** The databases that processes share in these tests. Each answers null where it is not there. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import libsql from 'libsql';
import { apiTokenEntities, apiTokenMigrations } from 'nestjs-api-token/typeorm';
import { DataSource } from 'typeorm';

const POSTGRES = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const MARIADB = process.env.TEST_MARIADB_URL ?? 'mysql://root@127.0.0.1:3306/';

/** What a process has to be told to open a database. */
export function openDataSource({ type, url }) {
  const schema = {
    entities: [...apiTokenEntities],
    migrations: [...apiTokenMigrations],
    migrationsRun: true,
  };
  const connection = type === 'better-sqlite3' ? { driver: libsql, database: url } : { url };
  return new DataSource({ type, ...connection, ...schema }).initialize();
}

function onServer(type, server) {
  return async () => {
    const name = `test_${randomBytes(6).toString('hex')}`;
    const url = new URL(server);
    url.pathname = `/${name}`;
    const admin = await new DataSource({ type, url: server }).initialize().catch((error) => {
      if (process.env.CI === 'true') throw error;
      return null;
    });
    if (admin === null) return null;
    await admin.query(`CREATE DATABASE ${name}`);
    const drop = async () => {
      await admin.query(`DROP DATABASE ${name}${type === 'postgres' ? ' WITH (FORCE)' : ''}`);
      await admin.destroy();
    };
    return { type, url: url.href, drop };
  };
}

async function onFile() {
  const directory = mkdtempSync(join(tmpdir(), 'nestjs-api-token-'));
  const drop = async () => rmSync(directory, { recursive: true, force: true });
  return { type: 'better-sqlite3', url: join(directory, 'tokens.sqlite'), drop };
}

/** Makes the tables before any process starts: two that migrate at once would be in each other's way. */
function migrated(create) {
  return async () => {
    const database = await create();
    if (database !== null) await (await openDataSource(database)).destroy();
    return database;
  };
}

export const DATABASES = {
  SQLite: migrated(onFile),
  PostgreSQL: migrated(onServer('postgres', POSTGRES)),
  MariaDB: migrated(onServer('mariadb', MARIADB)),
};
