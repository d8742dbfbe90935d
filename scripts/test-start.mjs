/**
 * Starts the built sample app as its users would, on every platform and database, runs each curl line that it prints
 * and compares the status with the printed one; then starts it again and sees that nothing was lost.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';

const POSTGRES = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const CURL_LINE = /^\s*(curl .*?)\s+# (\d{3})$/;
const TOKEN_LINE = /^\s*(crs_[0-9A-Za-z]+)$/;

const directory = mkdtempSync(join(tmpdir(), 'nestjs-api-token-sample-'));
const database = `sample_app_${process.pid}`;

try {
  for (const platform of ['express', 'fastify']) {
    const environment = { PLATFORM: platform, DATABASE_FILE: join(directory, `${platform}.sqlite`) };
    await tryTwice(`${platform}, SQLite`, environment);
  }
  if (await onPostgres(`CREATE DATABASE ${database}`)) {
    const url = new URL(POSTGRES);
    url.pathname = database;
    await tryTwice('express, PostgreSQL', { DATABASE_URL: url.href });
    await onPostgres(`DROP DATABASE ${database}`);
  } else {
    assert.notEqual(process.env.CI, 'true', 'PostgreSQL has to answer in CI');
    console.log('sample app: PostgreSQL does not answer: skipped');
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function tryTwice(name, environment) {
  const first = await start(environment);
  for (const { command, status } of first.requests) assert.equal(send(command), status, command);
  assert.equal(first.tokens.length, 3);
  await first.stop();

  const second = await start(environment);
  const list = `curl -s -H 'Authorization: Bearer ${first.tokens[0]}' ${second.url}/repositories`;
  assert.equal(send(list), 200, 'a token of the first start');
  await second.stop();
  console.log(`sample app: ${name}: ${first.requests.length} requests as printed, and again after a restart`);
}

async function start(environment) {
  const server = spawn(process.execPath, ['sample-app/dist/main.js'], {
    env: { ...process.env, DATABASE_URL: '', ...environment, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    server.kill('SIGTERM');
    await exited;
  };
  const requests = [];
  const tokens = [];
  let url;
  for await (const line of createInterface({ input: server.stdout })) {
    url ??= /http:\/\/\S+:\d+/.exec(line)?.[0];
    const [, token] = TOKEN_LINE.exec(line) ?? [];
    if (token !== undefined) tokens.push(token);
    const [, command, status] = CURL_LINE.exec(line) ?? [];
    if (command !== undefined) requests.push({ command, status: Number(status) });
    // The last line that is printed is the one for requests without a credential.
    if (command?.includes('-H') === false && command.includes('-u') === false) break;
  }
  assert.ok(requests.length > 0, 'the sample app printed nothing to try');
  return { url, requests, tokens, stop };
}

function send(command) {
  const words = `${command} -s -o /dev/null -w '%{http_code}'`;
  return Number(execFileSync('sh', ['-c', words], { encoding: 'utf8' }));
}

/** Runs a statement on PostgreSQL; false where none answers. */
async function onPostgres(statement) {
  const client = new Client({ connectionString: POSTGRES, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
  } catch {
    return false;
  }
  await client.query(statement);
  await client.end();
  return true;
}
