import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('failing-server.mjs', import.meta.url));
/** What a busy machine may need; each fault takes milliseconds. */
const PATIENCE_MS = 60_000;

describe('F01 F02 a process every part of which rejects, throws and hangs', () => {
  for (const platform of ['Express', 'Fastify']) {
    it(`rejects, recovers, leaves no timer behind and ends when it is told to, on ${platform}`, async (test) => {
      // Nobody listens for what is not handled: Node ends the process then, and its code is not 0.
      const server = fork(SERVER, [platform], {
        timeout: PATIENCE_MS,
        stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      });
      let complaints = '';
      server.stderr.on('data', (chunk) => (complaints += chunk));
      const messages = [];
      server.on('message', (message) => messages.push(message));
      const [code] = await once(server, 'exit');
      assert.equal(complaints, '');
      assert.equal(code, 0);
      const [{ requests }] = messages;
      test.diagnostic(`${requests} requests`);
    });
  }
});
