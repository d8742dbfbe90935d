/**
 * Fuzzes a running application with headers, paths and policies of random bytes, on Express and on Fastify.
 * FUZZ_REQUESTS (60,000 a platform) and FUZZ_SEED (random) can be set.
 */
import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { wrongWith } from './check-answer.mjs';
import { Random } from './random.mjs';
import { RequestMaker } from './requests.mjs';
import { send } from './send.mjs';

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 60_000);
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
const AT_ONCE = 16;
const FAULT_EVERY = 2_000;
const FAULT_FOR = 160;
/** A leak of 300 bytes a request is more. */
const MAX_GROWTH_BYTES = 12 * 2 ** 20;

console.log(`fuzz: FUZZ_SEED=${SEED} FUZZ_REQUESTS=${REQUESTS}`);
for (const platform of ['Express', 'Fastify']) await fuzz(platform);

async function fuzz(platform) {
  const server = fork(fileURLToPath(new URL('server.mjs', import.meta.url)), [platform], {
    execArgv: ['--expose-gc'],
  });
  const crashed = once(server, 'exit').then(([code]) => {
    throw new Error(`${platform}: the server has ended with ${code} (FUZZ_SEED=${SEED})`);
  });
  crashed.catch(() => undefined);
  const told = async (message) => {
    const answer = once(server, 'message');
    if (message !== undefined) server.send(message);
    return (await Promise.race([answer, crashed]))[0];
  };
  const { port, secrets } = await told();
  const random = new Random(SEED);
  const maker = new RequestMaker(random, secrets);
  const statuses = new Map();
  let before = 0;
  let isFaulty = false;

  for (let sent = 0; sent < REQUESTS; sent += AT_ONCE) {
    const phase = sent % FAULT_EVERY;
    if (phase < FAULT_FOR !== isFaulty) {
      isFaulty = phase < FAULT_FOR;
      await told({ fault: isFaulty ? random.of(['throw', 'reject', 'hang']) : 'none' });
    }
    if (before === 0 && sent > REQUESTS / 4) before = (await told({})).heapUsed;
    const requests = Array.from({ length: AT_ONCE }, () => maker.make());
    const replies = await Promise.race([
      Promise.all(requests.map((request) => send(port, request))),
      crashed,
    ]);
    replies.forEach((reply, index) => {
      statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
      const wrong = wrongWith(requests[index], reply, secrets, isFaulty);
      if (wrong === null) return;
      server.removeAllListeners('exit');
      server.kill();
      throw new Error(
        `${platform}: ${wrong} (FUZZ_SEED=${SEED}, request ${sent + index})\n${JSON.stringify(requests[index])}\n${reply.text.slice(0, 1_000)}`,
      );
    });
  }

  const { heapUsed } = await told({});
  server.kill();
  await once(server, 'exit');
  const growth = heapUsed - before;
  const counts = [...statuses]
    .toSorted(([one], [other]) => one - other)
    .map(([status, count]) => `${status}: ${count}`);
  console.log(
    `fuzz: ${platform}: ${REQUESTS} requests (${counts.join(', ')}), heap ${(growth / 2 ** 20).toFixed(1)} MiB more`,
  );
  if (growth > MAX_GROWTH_BYTES) throw new Error(`${platform}: the heap has grown by ${growth} bytes`);
  for (const status of [200, 400, 401, 403, 503]) {
    if ((statuses.get(status) ?? 0) < REQUESTS / 1_000) throw new Error(`${platform}: hardly any ${status}`);
  }
}
