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
testApiTokenStore('SQLite in memory', typeorm(sqlite));
testApiTokenStore('SQLite in a file', typeorm(sqliteFile));
testApiTokenStore('PostgreSQL', typeorm(postgres));
testApiTokenStore('MariaDB', typeorm(mariadb));
testApiTokenStore('MariaDB named mysql', typeorm(mariadbAsMySql));
