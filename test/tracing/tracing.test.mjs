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

const PATIENCE_MS = 60_000;
const pathTo = (path) => fileURLToPath(new URL(path, import.meta.url));

for (const nest of ['nest10', 'nest11']) {
  describe(`RB01 the routes of an application on ${nest} that is traced`, () => {
    // A place where the package and the application find the same Nest.
    const home = mkdtempSync(join(tmpdir(), 'nestjs-api-token-'));
    cpSync(pathTo('../../dist'), join(home, 'dist'), { recursive: true });
    cpSync(pathTo('traced-server.cjs'), join(home, 'traced-server.cjs'));
    symlinkSync(pathTo(`../${nest}/node_modules`), join(home, 'node_modules'));
    // Some package of Nest's has brought an older one.
    mkdirSync(join(home, 'dist/node_modules'));
    symlinkSync(pathTo('../../node_modules/lru-cache'), join(home, 'dist/node_modules/lru-cache'));
    after(() => rmSync(home, { recursive: true }));

    for (const tracer of ['OpenTelemetry', 'Sentry']) {
      for (const platform of ['Express', 'Fastify']) {
        it(`by ${tracer} are allowed, denied, skipped and closed as without it, on ${platform}`, async (test) => {
          const server = fork(join(home, 'traced-server.cjs'), [tracer, platform], {
            timeout: PATIENCE_MS,
            stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
          });
          const messages = [];
          server.on('message', (message) => messages.push(message));
          const [code] = await once(server, 'exit');
          assert.equal(code, 0);
          const [{ requests, functions }] = messages;
          test.diagnostic(`${requests} requests, ${functions} functions`);
        });
      }
    }
  });
}
