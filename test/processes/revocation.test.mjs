import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { DATABASES } from './databases.mjs';
import { startWorker } from './start-worker.mjs';

const LIFETIME_MS = 1_000;
/** What a busy machine may add between the end of a lifetime and the answer. */
const SLACK_MS = 500;

describe('K02 a token that one process has ended', () => {
  for (const [name, create] of Object.entries(DATABASES)) {
    it(`is rejected there at once, and by another within cache.lifetimeMs, on ${name}`, async (test) => {
      const database = await create();
      if (database === null) return test.skip(`${name} does not answer`);
      const [ending, other] = await Promise.all([
        startWorker(database, LIFETIME_MS),
        startWorker(database, LIFETIME_MS),
      ]);
      try {
        const { id, secret } = await ending.tell('issue');
        assert.equal(await ending.tell('authenticate', secret), true);
        await ending.tell('revoke', id);
        const unused = await ending.tell('issue');
        assert.equal(await other.tell('authenticate', unused.secret), true);
        await ending.tell('revoke', unused.id);
        const endedAt = performance.now();
        assert.equal(await ending.tell('authenticate', unused.secret), false, 'in the process that ended it');
        assert.equal(await other.tell('authenticate', secret), false, 'where it was not kept');
        while (await other.tell('authenticate', unused.secret)) {
          assert.ok(
            performance.now() - endedAt < LIFETIME_MS + SLACK_MS,
            'the other process still accepts it',
          );
          await setTimeout(10);
        }
      } finally {
        await Promise.all([ending.kill(), other.kill()]);
        await database.drop();
      }
    });
  }
});
