import { InMemoryApiTokenStore } from 'nestjs-api-token';
import { testApiTokenStore } from 'nestjs-api-token/testing';
import { TypeOrmApiTokenStore } from 'nestjs-api-token/typeorm';
import {
  mariadb,
  mariadbAsMySql,
  postgres,
  sqlite,
  sqliteFile,
  type TestDatabase,
} from '../../support/data-sources.js';

function typeorm(database: TestDatabase) {
  return async () => {
    const opened = await database();
    return opened && { store: new TypeOrmApiTokenStore(opened.dataSource), close: opened.drop };
  };
}

testApiTokenStore('memory', async () => ({ store: new InMemoryApiTokenStore() }));
/** What is tested of TypeORM, beside the version that is installed: scripts/test-typeorm.mjs sets it. */
const version = process.env['TYPEORM_VERSION'] ?? 'TypeORM 1.x';

testApiTokenStore(`RS01 SQLite in a file, on ${version}`, typeorm(sqliteFile));
testApiTokenStore(`RS01 PostgreSQL, on ${version}`, typeorm(postgres));
testApiTokenStore(`RS01 MariaDB, on ${version}`, typeorm(mariadb));

// The same databases under other names, which takes a while: with those above, what differs is how they are opened.
if (process.env['CI'] === 'true') {
  testApiTokenStore(`RS01 SQLite in memory, on ${version}`, typeorm(sqlite));
  testApiTokenStore(`RS01 MariaDB named mysql, on ${version}`, typeorm(mariadbAsMySql));
}
