import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { ApiTokenStore } from 'nestjs-api-token';
import { TypeOrmApiTokenStore } from 'nestjs-api-token/typeorm';
import { bearer } from '../support/application.js';
import { sqlite } from '../support/data-sources.js';
import { startRecorded } from '../support/recorded-server.js';
import { everything } from '../support/tokens.js';

describe('what is said of a database', () => {
  it('O01 a database that fails under TypeORM says nothing of a digest, in no log and in no error', async () => {
    const { dataSource, drop } = (await sqlite())!;
    const repository = { useValue: new TypeOrmApiTokenStore(dataSource) };
    const { app, tokens, ask, recorder } = await startRecorded('Express', { repository, cache: false });
    const { token, secret } = await tokens.issue(everything);
    recorder.hide(secret);
    expect(await ask('/projects/1', bearer(secret))).toBe(200);
    const handed = digestsHandedTo(repository.useValue);
    const imported = recorder.hide(`acme_${'0'.repeat(49)}`);
    await dataSource.query('ALTER TABLE api_token_secret RENAME TO gone');
    expect(await ask('/projects/1', bearer(secret))).toBe(503);
    await recorder.noteError(tokens.issue(everything));
    await recorder.noteError(tokens.rotate(token.id));
    await recorder.noteError(tokens.import({ ...everything, digest: digestOf(imported) }));
    // Nest logs what a handler throws, with all of its properties.
    await dataSource.query('ALTER TABLE gone RENAME TO api_token_secret');
    await dataSource.query(
      "CREATE TRIGGER t BEFORE INSERT ON api_token_secret BEGIN SELECT RAISE(FAIL, 'no'); END",
    );
    expect(await ask('/careless', bearer(secret), 'POST')).toBe(500);
    const said = recorder.said.join('\n');
    for (const heard of ['QueryFailedError', 'no such table', 'SqliteError: no'])
      expect(said).toContain(heard);
    expect(recorder.leaks()).toEqual([]);
    expect(handed).toHaveLength(4);
    for (const digest of handed) expect(said).not.toContain(digest.slice('sha256:'.length));
    // It writes down the times of last use when it is stopped.
    await app.close();
    await drop();
  });

  it('O01 an application that has TypeORM log its queries logs digests, which open nothing, and no secret', async () => {
    const { dataSource, drop } = (await sqlite())!;
    const { app, tokens, ask, recorder } = await startRecorded('Express', {
      repository: { useValue: new TypeOrmApiTokenStore(dataSource) },
      cache: false,
    });
    dataSource.setOptions({ logging: 'all' });
    const { secret } = await tokens.issue(everything);
    recorder.hide(secret);
    expect(await ask('/projects/1', bearer(secret))).toBe(200);
    expect(recorder.leaks()).toEqual([`the SHA-256 of ${secret}`]);
    expect(await ask('/projects/1', bearer(digestOf(secret)))).toBe(401);
    expect(await ask('/projects/1', bearer(`acme_${digestOf(secret).slice(-49)}`))).toBe(401);
    // It writes down the times of last use when it is stopped.
    await app.close();
    await drop();
  });
});

function digestOf(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('base64url')}`;
}

/** The digests that a store is handed from now on. */
function digestsHandedTo(store: ApiTokenStore): string[] {
  const handed: string[] = [];
  for (const method of ['insert', 'rotate'] as const) {
    const original = store[method].bind(store) as (...args: unknown[]) => Promise<never>;
    store[method] = (...args: unknown[]) => {
      handed.push(String(args[1]));
      return original(...args);
    };
  }
  return handed;
}
