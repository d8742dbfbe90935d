/** The tests of a folder as one file: Jest then loads Nest once for each mutant, and not once for each test file. */
const { existsSync, readdirSync, statSync } = require('node:fs');
const { join, resolve } = require('node:path');

const { tests, leftOut } = JSON.parse(process.env.MUTATION_TESTS);

function specFiles(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true })
    .filter((file) => file.endsWith('.spec.ts') && !leftOut.some((name) => file.includes(name)))
    .map((file) => join(path, file));
}

for (const path of tests) {
  for (const file of specFiles(resolve(__dirname, '..', path))) require(file);
}
