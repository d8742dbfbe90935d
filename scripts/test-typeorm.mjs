/**
 * Runs the tests of the TypeORM store against the versions of TypeORM in test/typeorm, beside the one at the root.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const options = { stdio: 'inherit', shell: process.platform === 'win32' };
const { dependencies } = JSON.parse(readFileSync('test/typeorm/package.json', 'utf8'));

execFileSync('npm', ['ci', '--prefix', 'test/typeorm', '--no-audit', '--no-fund'], options);
for (const name of Object.keys(dependencies)) {
  process.stdout.write(`\n${name}\n`);
  execFileSync('npx', ['jest', 'test/unit/stores', ...process.argv.slice(2)], {
    ...options,
    env: { ...process.env, TYPEORM_VERSION: name.replace('typeorm-', '') },
  });
}
