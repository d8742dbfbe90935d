/**
 * The built package under the tracers that replace the handlers of Nest 10 and 11, in plain Node: they replace what modules
 * export when these are loaded, which Jest does not let them. Needs what scripts/test-nest.mjs installs.
 */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const PATIENCE_MS = 120_000;
const REQUESTS = 16_000;
/** Something of 7 KB that is kept for each request to one of two controllers would be 56 MB. */
const MAX_GROWTH_BYTES = 8_000_000;
const pathTo = (path) => fileURLToPath(new URL(path, import.meta.url));

for (const nest of ['nest10', 'nest11']) {
  describe(`an application on ${nest} that is traced`, () => {
    // A place where the package and the application find the same Nest.
    const home = mkdtempSync(join(tmpdir(), 'nestjs-api-token-'));
    cpSync(pathTo('../../dist'), join(home, 'dist'), { recursive: true });
    cpSync(pathTo('traced-server.cjs'), join(home, 'traced-server.cjs'));
    symlinkSync(pathTo(`../${nest}/node_modules`), join(home, 'node_modules'));
    // Some package of Nest's has brought an older one.
    mkdirSync(join(home, 'dist/node_modules'));
    symlinkSync(pathTo('../../node_modules/lru-cache'), join(home, 'dist/node_modules/lru-cache'));
    after(() => rmSync(home, { recursive: true }));

    /** Runs the server and returns what it reports. */
    async function report(...parameters) {
      const server = fork(join(home, 'traced-server.cjs'), parameters, {
        timeout: PATIENCE_MS,
        execArgv: ['--expose-gc'],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      const messages = [];
      server.on('message', (message) => messages.push(message));
      const [code] = await once(server, 'exit');
      assert.equal(code, 0);
      assert.equal(messages.length, 1);
      return messages[0];
    }

    for (const tracer of ['OpenTelemetry', 'Sentry']) {
      for (const platform of ['Express', 'Fastify']) {
        it(`RB01 RB02 by ${tracer} is allowed, denied, skipped and closed as without it, on ${platform}`, async () => {
          await report(tracer, platform);
        });
      }
    }

    it(`RB06 keeps nothing of the functions that are made for ${REQUESTS} requests`, async (test) => {
      const platform = nest === 'nest10' ? 'Express' : 'Fastify';
      const { grownBytes, statuses, functions } = await report('OpenTelemetry', platform, String(REQUESTS));
      test.diagnostic(`${Math.round(grownBytes / 1024)} KiB more, ${functions} functions`);
      assert.deepEqual(statuses, ['/bound-request-cats/1 403', '/request-cats/1 200']);
      assert.ok(functions > REQUESTS);
      assert.ok(grownBytes < MAX_GROWTH_BYTES, `${grownBytes} bytes more`);
    });
  });
}
