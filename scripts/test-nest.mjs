/**
 * Runs the tests against another major version of Nest: `node scripts/test-nest.mjs 10`. Its packages are installed
 * in test/nest<major>, so that the repository's own installation stays as it is.
 */
import { execFileSync } from 'node:child_process';

const [major] = process.argv.slice(2);
const options = { stdio: 'inherit', shell: process.platform === 'win32' };

execFileSync('npm', ['ci', '--prefix', `test/nest${major}`, '--no-audit', '--no-fund'], options);
execFileSync('npx', ['jest', ...process.argv.slice(3)], {
  ...options,
  env: { ...process.env, NEST_MAJOR: major },
});
