/** The tests of a folder as one file: Jest then loads Nest once for each mutant, and not once for each test file. */
const { readdirSync, statSync } = require('node:fs');
const { join, resolve } = require('node:path');

const { tests, leftOut } = JSON.parse(process.env.MUTATION_TESTS);
const root = resolve(__dirname, '..');

function specFiles(path) {
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path), { recursive: true })
    .filter((file) => file.endsWith('.spec.ts'))
    .map((file) => join(path, file));
}

const files = tests.flatMap(specFiles).filter((file) => !leftOut.some((path) => file.startsWith(path)));
for (const file of files) require(join(root, file));
