/**
 * Mutates lib folder by folder and asks the tests: `npm run test:mutation`, or `npm run test:mutation -- policy http`.
 * Ends with 1 where a folder's score is below the threshold.
 *
 * A second run asks only about code that has changed, and new tests about what survived the first. It does not notice a
 * test that was changed under its old title: delete test/mutation/reports to have everything asked again.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { folders } from './folders.mjs';

const named = process.argv.slice(2);
const unknown = named.filter((folder) => !(folder in folders));
if (unknown.length > 0) {
  throw new Error(`No such folder: ${unknown.join(', ')}. There are ${Object.keys(folders).join(', ')}.`);
}

execFileSync('npm', ['ci', '--prefix', 'test/mutation', '--no-audit', '--no-fund'], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
const stryker = fileURLToPath(new URL('node_modules/@stryker-mutator/core/bin/stryker.js', import.meta.url));
const failed = (named.length > 0 ? named : Object.keys(folders)).filter((folder) => {
  const run = [stryker, 'run', 'test/mutation/stryker.config.mjs'];
  const { status } = spawnSync(process.execPath, run, {
    stdio: 'inherit',
    env: { ...process.env, MUTATED_FOLDER: folder },
  });
  return status !== 0;
});
if (failed.length > 0) {
  process.stderr.write(`Below the threshold: ${failed.join(', ')}.\n`);
  process.exitCode = 1;
}
