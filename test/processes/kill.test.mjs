import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { DATABASES, openDataSource } from './databases.mjs';
import { startWorker } from './start-worker.mjs';

const KILLS = 4;

describe('F08 a process that is killed while it issues, rotates and revokes', () => {
  for (const [name, create] of Object.entries(DATABASES)) {
    it(`loses no acknowledged change and leaves nothing half done, on ${name}`, async (test) => {
      const database = await create();
      if (database === null) return test.skip(`${name} does not answer`);
      try {
        const acknowledged = new Map();
        for (let kill = 0; kill < KILLS; kill += 1) {
          const worker = await startWorker(database, 1_000);
          worker.process.on('message', ({ acknowledged: change }) => {
            if (change !== undefined)
              acknowledged.set(change.id, { ...acknowledged.get(change.id), ...change });
          });
          worker.tell('work').catch(() => 'killed, as it should be');
          await setTimeout(100 + Math.random() * 300);
          await worker.kill();
        }
        await check(database, [...acknowledged.values()]);
        test.diagnostic(`${acknowledged.size} tokens, ${KILLS} kills`);
      } finally {
        await database.drop();
      }
    });
  }
});

async function check(database, changes) {
  assert.ok(changes.length > KILLS, 'the workers have done something');
  const checker = await startWorker(database, 1_000);
  for (const { secret, old, state } of changes) {
    const works = await checker.tell('authenticate', secret);
    // The next change may have been made, but not acknowledged.
    if (state === 'rotated') {
      assert.equal(works, true, 'the new secret of a rotated token');
      assert.equal(await checker.tell('authenticate', old), false, 'its old secret');
    }
    if (state === 'revoked') assert.equal(works, false, 'an revoked token');
  }
  const issued = changes.filter(({ state }) => state === 'issued');
  // At most the last token of each kill was changed without being told of.
  const lost = [];
  for (const { secret } of issued) if (!(await checker.tell('authenticate', secret))) lost.push(secret);
  assert.ok(lost.length <= KILLS, `${lost.length} issued tokens do not work`);
  await checker.kill();

  const dataSource = await openDataSource(database);
  const orphans = await dataSource.query(
    'SELECT id FROM api_token WHERE id NOT IN (SELECT token_id FROM api_token_secret)',
  );
  assert.deepEqual(orphans, []);
  const tables = await Promise.all(
    ['api_token', 'api_token_secret', 'api_token_owner'].map((table) =>
      dataSource.query(`SELECT * FROM ${table}`),
    ),
  );
  const stored = JSON.stringify(tables);
  const told = changes.flatMap(({ secret, old = secret }) => [secret, old]);
  assert.deepEqual(
    told.filter((secret) => stored.includes(secret.slice('acme_'.length))),
    [],
    'secrets that are stored as they are',
  );
  await dataSource.destroy();
}
