/** Builds what has changed since it was built last, and starts the sample app. With --build-only it does not start it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SETTINGS = ['tsconfig.base.json', 'package-lock.json'];

const steps = [
  {
    what: 'the library',
    sources: ['lib', 'scripts/build.mjs', ...SETTINGS],
    built: 'dist/cjs/package.json',
    command: ['node', 'scripts/build.mjs'],
  },
  {
    what: 'the sample app',
    sources: ['sample-app/src', 'sample-app/tsconfig.json', 'nest-cli.json', ...SETTINGS],
    built: 'sample-app/dist/main.js',
    command: ['npx', 'nest', 'build', 'sample-app'],
  },
];

let isRebuilt = false;
for (const { what, sources, built, command } of steps) {
  if (!isRebuilt && existsSync(built) && sources.every((source) => newest(source) < newest(built))) {
    console.log(`Built already: ${what}`);
    continue;
  }
  // The sample app is compiled against the library.
  isRebuilt = true;
  console.log(`Building ${what} ...`);
  const [program, ...parameters] = command;
  execFileSync(program, parameters, { stdio: 'inherit', shell: process.platform === 'win32' });
}

if (!process.argv.includes('--build-only')) {
  console.log('Starting the sample app ...');
  // In this process, so that it gets the signals that end it.
  await import('../sample-app/dist/main.js');
}

/** When a file, or the last of the files in a folder, was written. */
function newest(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
