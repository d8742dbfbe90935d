import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import {
  ApiTokenAuthenticator,
  ApiTokenConfigurationError,
  ApiTokenModule,
  ApiTokenService,
} from 'nestjs-api-token';
import { apiTokenEntities, apiTokenMigrations, TypeOrmApiTokenStore } from 'nestjs-api-token/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { assertKept } from '../../../lib/testing/store/assertions.js';
import { insertNew, newDigest, newToken } from '../../../lib/testing/store/fixtures.js';
import { createApplication } from '../../support/application.js';
import { mariadb, postgres, sqliteFile, type TestDatabase } from '../../support/data-sources.js';
import { openLossyProxy } from '../../support/lossy-proxy.js';
import { everything } from '../../support/tokens.js';

const DATABASES: [string, TestDatabase][] = [
  ['SQLite', sqliteFile],
  ['PostgreSQL', postgres],
  ['MariaDB', mariadb],
];

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A database for the test, and a way to open it with other settings; null where none answers. */
async function openDatabase(name: string, open: TestDatabase) {
  const opened = await open();
  if (opened === null) {
    process.stderr.write(`${name} does not answer: its settings are skipped.\n`);
    return null;
  }
  closing.push(() => opened.drop());
  const reopen = async (settings: object): Promise<DataSource> => {
    const dataSource = new DataSource({ ...opened.dataSource.options, ...settings } as DataSourceOptions);
    await dataSource.initialize();
    closing.push(async () => dataSource.isInitialized && dataSource.destroy());
    return dataSource;
  };
  return { ...opened, reopen };
}

type OpenedDatabase = NonNullable<Awaited<ReturnType<typeof openDatabase>>>;
type Settings = DataSourceOptions & {
  readonly url: string;
  readonly database?: string;
  readonly extra?: object;
};

/** Starts an application on a data source, and answers with its services. */
async function start(dataSource: DataSource, cache: false | { lifetimeMs: number } = false) {
  const app = await createApplication('Express', {
    imports: [
      ApiTokenModule.forRoot({
        repository: { useFactory: () => new TypeOrmApiTokenStore(dataSource) },
        token: { prefix: 'acme' },
        cache,
      }),
    ],
  });
  await app.init();
  closing.push(() => app.close());
  const authenticator = app.get(ApiTokenAuthenticator);
  return {
    tokens: app.get(ApiTokenService),
    authenticate: async (secret: string) => {
      const answer = await authenticator.authenticate(secret);
      return answer.ok ? 'ok' : answer.reason;
    },
  };
}

async function rejection(dataSource: DataSource): Promise<string> {
  const error: unknown = await start(dataSource).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiTokenConfigurationError);
  return (error as Error).message;
}

describe.each(DATABASES)('RS02: a query cache of the data source, on %s', (name, open) => {
  it('hides no change: neither of a token, nor of its secrets, nor of how many there are', async () => {
    const database = await openDatabase(name, open);
    if (database === null) return;
    const dataSource = await database.reopen({
      cache: { alwaysEnabled: true, duration: 60_000 },
      migrationsRun: false,
      // The cache has a table of its own.
      synchronize: true,
    });
    const { tokens, authenticate } = await start(dataSource);
    const { token, secret } = await tokens.issue(everything);
    expect(await authenticate(secret)).toBe('ok');
    expect(await tokens.find(token.id)).toMatchObject({ pausedAt: null });
    expect(await tokens.list({ ownerId: everything.ownerId })).toHaveLength(1);
    await tokens.pause(token.id);
    expect(await authenticate(secret)).toBe('paused');
    await tokens.resume(token.id);
    const rotated = await tokens.rotate(token.id);
    expect(await authenticate(secret)).toBe('rotated');
    expect(await authenticate(rotated.secret)).toBe('ok');
    await tokens.issue(everything);
    expect(await tokens.list({ ownerId: everything.ownerId })).toHaveLength(2);
    await tokens.revoke(token.id);
    expect(await authenticate(rotated.secret)).toBe('revoked');
    expect((await tokens.find(token.id))?.revokedAt).not.toBeNull();
    await tokens.remove(token.id);
    expect(await authenticate(rotated.secret)).toBe('unknown');
    expect(await tokens.find(token.id)).toBeNull();
  });
});

describe.each([
  ['PostgreSQL', postgres],
  ['MariaDB', mariadb],
] satisfies [string, TestDatabase][])('RS03: a replica that lags behind for ever, on %s', (name, open) => {
  it('is asked nothing', async () => {
    const database = await openDatabase(name, open);
    if (database === null) return;
    const [primary, replica] = [await newDatabase(database), await newDatabase(database)];
    const {
      url: _url,
      database: _database,
      extra: _extra,
      ...settings
    } = database.dataSource.options as Settings;
    const dataSource = new DataSource({
      ...settings,
      migrationsRun: false,
      replication: { master: { url: primary }, slaves: [{ url: replica }] },
    } as unknown as DataSourceOptions);
    await dataSource.initialize();
    closing.push(() => dataSource.destroy());
    const { tokens, authenticate } = await start(dataSource);
    const { token, secret } = await tokens.issue(everything);
    expect(await authenticate(secret)).toBe('ok');
    expect(await tokens.find(token.id)).toMatchObject({ id: token.id });
    expect(await tokens.list({ ownerId: everything.ownerId })).toHaveLength(1);
    const window = { from: new Date(), until: new Date(Date.now() + 60_000) };
    await tokens.update(token.id, { expiresAt: window.until });
    expect(await tokens.announceExpiring(window)).toBe(1);
    const rotated = await tokens.rotate(token.id);
    expect(await authenticate(secret)).toBe('rotated');
    await tokens.revoke(token.id);
    expect(await authenticate(rotated.secret)).toBe('revoked');
    await tokens.remove(token.id);
    expect(await authenticate(rotated.secret)).toBe('unknown');
  });
});

/** The address of a new database of the same server, with the tables. */
async function newDatabase({ dataSource, reopen }: OpenedDatabase, encoding = ''): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await dataSource.query(`CREATE DATABASE ${name} ${encoding}`);
  closing.push(() => dataSource.query(`DROP DATABASE ${name}`));
  const url = new URL((dataSource.options as Settings).url);
  url.pathname = name;
  const migrated = await reopen({ url: url.href, database: name, extra: {} });
  await migrated.destroy();
  return url.href;
}

describe.each(DATABASES)('RS05: the start on %s stops, and says what to add', (name, open) => {
  it('where the migration was not run, whether "synchronize" is on or not', async () => {
    const database = await openDatabase(name, open);
    if (database === null) return;
    await database.dataSource.undoLastMigration();
    for (const synchronize of [false, true]) {
      const dataSource = await database.reopen({ migrationsRun: false, synchronize });
      const message = await rejection(dataSource);
      expect(message).toContain('api_token is missing');
      expect(message).toContain('Write migrations: [...apiTokenMigrations] and migrationsRun: true');
      expect(message).toContain('"synchronize" does not make this table');
    }
  });

  it.each(['api_token_secret', 'api_token_owner'])('where the table %s is missing', async (table) => {
    const database = await openDatabase(name, open);
    if (database === null) return;
    await database.dataSource.query(`DROP TABLE ${table}`);
    expect(await rejection(database.dataSource)).toContain(`${table} is missing`);
  });

  it('where a column is missing', async () => {
    const database = await openDatabase(name, open);
    if (database === null) return;
    await database.dataSource.query('ALTER TABLE api_token DROP COLUMN paused_at');
    expect(await rejection(database.dataSource)).toMatch(
      /api_token is missing, or lacks a column.*paused_at/s,
    );
  });

  it('where entities are forgotten', async () => {
    const database = await openDatabase(name, open);
    if (database === null) return;
    const settings = { migrationsRun: false };
    for (const entities of [[], [apiTokenEntities[2]]]) {
      const message = await rejection(await database.reopen({ ...settings, entities }));
      expect(message).toContain('does not know ApiTokenEntity, ApiTokenSecretEntity');
      expect(message).toContain('Write entities: [...apiTokenEntities]');
    }
  });
});

describe.each(DATABASES)('RS05: the start on %s goes on', (name, open) => {
  it('where "synchronize" is on and the migration was run, which it leaves as it is', async () => {
    const database = await openDatabase(name, open);
    if (database === null) return;
    const dataSource = await database.reopen({ synchronize: true, migrations: [...apiTokenMigrations] });
    const { tokens, authenticate } = await start(dataSource);
    expect(await authenticate((await tokens.issue(everything)).secret)).toBe('ok');
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries).toEqual([]);
  });

  it('where the data source is not there yet, and says so', async () => {
    const database = await openDatabase(name, open);
    if (database === null) return;
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const dataSource = await database.reopen({ migrationsRun: false });
    await dataSource.destroy();
    await start(dataSource);
    const warnings = warn.mock.calls.map(([text]) => String(text));
    warn.mockRestore();
    expect(warnings).toEqual(['The data source is not initialized yet: its tables are not checked.']);
  });
});

describe.each([
  ['PostgreSQL', postgres],
  ['MariaDB', mariadb],
] satisfies [string, TestDatabase][])('RS05: where %s is away when the application starts', (name, open) => {
  it('it is not taken for one without tables: the start goes on and says what it is', async () => {
    const database = await openDatabase(name, open);
    if (database === null) return;
    const { url } = database.dataSource.options as Settings;
    const proxy = await openLossyProxy(Number(new URL(url).port));
    const there = new URL(url);
    there.port = String(proxy.port);
    const dataSource = await database.reopen({ url: there.href, migrationsRun: false });
    await proxy.close();
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const { tokens } = await start(dataSource);
    const warnings = warn.mock.calls.map(([text]) => String(text));
    warn.mockRestore();
    expect(warnings).toEqual([
      expect.stringMatching(/^The database does not answer, so that its tables are not checked: .+/),
    ]);
    await expect(tokens.issue(everything)).rejects.toThrow(/ECONNREFUSED|ECONNRESET|terminated|closed/);
  });
});

describe('RS06: a connection that alters text', () => {
  const owners = ['müller-🦊', 'müller-🐻'];

  it.each([{ charset: 'latin1_swedish_ci' }, { charset: 'utf8' }, { charset: 'ascii' }])(
    'stops the start on MariaDB: %j',
    async (settings) => {
      const database = await openDatabase('MariaDB', mariadb);
      if (database === null) return;
      const dataSource = await database.reopen({ ...settings, migrationsRun: false });
      expect(await rejection(dataSource)).toMatch(
        /^TypeOrmApiTokenStore: @@character_set_client of the connection is .*, which alters text\. Set the charset .* utf8mb4\.$/,
      );
    },
  );

  it('stops the start on PostgreSQL', async () => {
    const database = await openDatabase('PostgreSQL', postgres);
    if (database === null) return;
    const dataSource = await database.reopen({ migrationsRun: false, poolSize: 1 });
    await dataSource.query("SET client_encoding TO 'LATIN1'");
    expect(await rejection(dataSource)).toContain(
      'client_encoding of the connection is LATIN1, which alters text',
    );
  });

  it('keeps no token of another owner, and no other text, on MariaDB', async () => {
    const database = await openDatabase('MariaDB', mariadb);
    if (database === null) return;
    const lossy = await database.reopen({ charset: 'latin1_swedish_ci', migrationsRun: false });
    const store = new TypeOrmApiTokenStore(lossy);
    for (const ownerId of owners) {
      await expect(store.insert(newToken({ ownerId }), newDigest(), null)).rejects.toThrow(
        'The database keeps another ownerId than the one that was written.',
      );
    }
    for (const changes of [{ policy: '{"🦊":1}' }, { note: '🦊' }, { metadata: '{"a":"🦊"}' }]) {
      await expect(store.insert(newToken(changes), newDigest(), null)).rejects.toMatchObject({
        name: 'AlteredText',
      });
    }
    expect(await database.dataSource.query('SELECT owner_id FROM api_token')).toEqual([]);
    const { token, digest } = await insertNew(store, { ownerId: 'müller' });
    await expect(store.update(token.id, { note: '🦊' })).rejects.toThrow('keeps another note');
    await assertKept(store, token, digest);
    await assertKept(new TypeOrmApiTokenStore(database.dataSource), token, digest);
  });

  it('keeps no token where a column alters text', async () => {
    const database = await openDatabase('MariaDB', mariadb);
    if (database === null) return;
    await database.dataSource.query(
      'ALTER TABLE api_token MODIFY owner_id varchar(255) CHARACTER SET latin1 NOT NULL',
    );
    const dataSource = await database.reopen({ migrationsRun: false, extra: { connectionLimit: 1 } });
    await dataSource.query("SET sql_mode = ''");
    const { tokens } = await start(dataSource);
    for (const ownerId of [...owners, `${'o'.repeat(253)}🦊`]) {
      await expect(tokens.issue({ ...everything, ownerId })).rejects.toMatchObject({ name: 'AlteredText' });
    }
    expect(await dataSource.query('SELECT id FROM api_token')).toEqual([]);
  });

  it('is no database of another encoding, which rejects what it does not have, on PostgreSQL', async () => {
    const database = await openDatabase('PostgreSQL', postgres);
    if (database === null) return;
    const latin1 = "ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0";
    const url = await newDatabase(database, latin1);
    const dataSource = await database.reopen({ url, extra: {}, migrationsRun: false });
    const { tokens } = await start(dataSource);
    for (const ownerId of owners)
      await expect(tokens.issue({ ...everything, ownerId })).rejects.toThrow('no equivalent in encoding');
    expect((await tokens.issue({ ...everything, ownerId: 'müller' })).token.ownerId).toBe('müller');
    expect(await tokens.list({ ownerId: 'müller' })).toHaveLength(1);
  });

  it.each(DATABASES)('is not that of a data source of %s as it comes', async (name, open) => {
    const database = await openDatabase(name, open);
    if (database === null) return;
    const { tokens, authenticate } = await start(database.dataSource);
    for (const ownerId of owners) {
      const { token, secret } = await tokens.issue({ ...everything, ownerId });
      expect(await authenticate(secret)).toBe('ok');
      expect(await tokens.list({ ownerId })).toEqual([token]);
    }
  });
});
