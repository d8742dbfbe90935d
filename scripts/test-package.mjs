/**
 * Uses the package as a stranger would: packs it, installs it into empty applications (an ES module one on Nest 12, a
 * CommonJS one on Nest 11), compiles every example of the README strictly, runs the first and does what it prints.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const CONSUMERS = [
  { name: 'Nest 12, ES modules', nest: '^12.0.0', type: 'module' },
  { name: 'Nest 11, CommonJS', nest: '^11.0.0', type: 'commonjs' },
];

const directory = mkdtempSync(join(tmpdir(), 'nestjs-api-token-'));
const tarball = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', directory], process.cwd()))[0]
  .filename;
const examples = readmeExamples(await freePort());

try {
  for (const consumer of CONSUMERS) {
    const home = join(directory, consumer.type);
    mkdirSync(home);
    install(home, consumer);
    const requests = await runExample(home);
    console.log(
      `package: ${consumer.name}: ${examples.size} examples compile, ${requests} requests as printed`,
    );
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function install(home, { nest, type }) {
  const { typescript, typeorm } = JSON.parse(readFileSync('package.json', 'utf8')).devDependencies;
  const dependencies = {
    '@nestjs/common': nest,
    '@nestjs/core': nest,
    '@nestjs/event-emitter': '*',
    '@nestjs/microservices': nest,
    '@nestjs/platform-express': nest,
    '@nestjs/testing': nest,
    '@nestjs/typeorm': '*',
    '@nestjs/websockets': nest,
    '@types/node': '^20',
    'nestjs-api-token': join(directory, tarball),
    'reflect-metadata': '^0.2.0',
    rxjs: '^7.8.0',
    typeorm,
    typescript,
  };
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noPropertyAccessFromIndexSignature: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    types: ['node'],
    skipLibCheck: true,
  };
  writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, type, dependencies }));
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  for (const [file, code] of examples) writeFileSync(join(home, file), code);
  run('npm', ['install', '--no-audit', '--no-fund'], home);
  run('npx', ['tsc'], home);
}

/** Starts the example, sends the requests it prints, and compares their statuses with those it prints. */
async function runExample(home) {
  const example = spawn(process.execPath, ['main.js'], { cwd: home, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let requests = 0;
    for await (const line of createInterface({ input: example.stdout })) {
      const [, authorization, url, status] =
        /^curl -i -H "Authorization: ([^"]+)" (\S+) +# (\d+)$/.exec(line) ?? [];
      if (url === undefined) continue;
      const reply = await fetch(url, { headers: { authorization } });
      assert.equal(reply.status, Number(status), line);
      assert.equal((await fetch(url)).status, 401, `${line}, without a token`);
      requests += 1;
      if (requests === 2) break;
    }
    assert.equal(requests, 2);
    return requests;
  } finally {
    example.kill();
  }
}

function readmeExamples(port) {
  const blocks = readFileSync('README.md', 'utf8').matchAll(
    /^```ts(?: title=(?<title>\S+))?\n(?<code>.*?)^```/gms,
  );
  return new Map(
    [...blocks].map(({ groups: { title, code } }, index) => [
      title ?? `example-${index}.ts`,
      code.replaceAll('3000', String(port)),
    ]),
  );
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function run(command, args, cwd) {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
