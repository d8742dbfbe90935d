import { spawn } from 'node:child_process';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer } from 'node:net';
import { it } from '@jest/globals';

/** Started by closing-environment.spec.ts in a Jest of its own, where this file has to fail though its tests pass. */
it('leaves a timer', () => {
  // Several: Jest may have had some of its own running before.
  for (let timer = 0; timer < 10; timer += 1) setInterval(() => undefined, 1_000);
});

it('leaves a server and a connection', async () => {
  const server = createHttp2Server().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  await new Promise((resolve) => session.once('connect', resolve));
});

it('leaves a process', () => {
  spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 5_000)']);
});

it('leaves nothing that was closed, or that nobody waits for', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  server.close();
  setInterval(() => undefined, 1_000).unref();
});
