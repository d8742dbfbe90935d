import { describe, expect, it } from '@jest/globals';
import {
  mariadb,
  mariadbAsMySql,
  postgres,
  sqlite,
  sqliteFile,
  type TestDatabase,
} from '../../support/data-sources.js';

const TABLES = ['api_token', 'api_token_owner', 'api_token_secret'];

async function existingTables({ dataSource }: NonNullable<Awaited<ReturnType<TestDatabase>>>) {
  const queryRunner = dataSource.createQueryRunner();
  try {
    const existing: string[] = [];
    for (const table of TABLES) if (await queryRunner.hasTable(table)) existing.push(table);
    return existing;
  } finally {
    await queryRunner.release();
  }
}

describe.each([
  ['SQLite in memory', sqlite],
  ['SQLite in a file', sqliteFile],
  ['PostgreSQL', postgres],
  ['MariaDB', mariadb],
  ['MariaDB named mysql', mariadbAsMySql],
])('the migration on %s', (name, open) => {
  it('makes the tables, takes them away, and makes them again', async () => {
    const opened = await open();
    if (opened === null)
      return void process.stderr.write(`${name} does not answer: its migration is skipped.\n`);
    try {
      expect(await existingTables(opened)).toEqual(TABLES);
      await opened.dataSource.undoLastMigration();
      expect(await existingTables(opened)).toEqual([]);
      await opened.dataSource.runMigrations();
      expect(await existingTables(opened)).toEqual(TABLES);
    } finally {
      await opened.drop();
    }
  });

  it('leaves nothing to do to those who let TypeORM write their migrations', async () => {
    const opened = await open();
    if (opened === null) return;
    try {
      const { upQueries } = await opened.dataSource.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    } finally {
      await opened.drop();
    }
  });
});
