/**
 * Writes `exports`, `typesVersions` and what belongs to them into package.json, from the list of entries. With `--check`
 * it writes nothing and fails where package.json says something else.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { ENTRIES } from './entries.mjs';

const file = new URL('../package.json', import.meta.url);
const text = readFileSync(file, 'utf8');
const manifest = JSON.parse(text);

const target = (format, path) => ({
  types: `./dist/${format}/${path}.d.ts`,
  default: `./dist/${format}/${path}.js`,
});
const subpaths = Object.entries(ENTRIES).filter(([name]) => name !== '.');

manifest.main = `./dist/cjs/${ENTRIES['.']}.js`;
manifest.types = `./dist/cjs/${ENTRIES['.']}.d.ts`;
manifest.exports = {
  ...Object.fromEntries(
    Object.entries(ENTRIES).map(([name, path]) => [
      name,
      // module-sync comes first: Node then loads one copy, whether it is imported or required.
      { 'module-sync': target('esm', path), import: target('esm', path), require: target('cjs', path) },
    ]),
  ),
  './package.json': './package.json',
};
manifest.typesVersions = {
  '*': Object.fromEntries(subpaths.map(([name, path]) => [name.slice(2), [`./dist/cjs/${path}.d.ts`]])),
};

const written = `${JSON.stringify(manifest, null, 2)}\n`;
if (!process.argv.includes('--check')) {
  writeFileSync(file, written);
} else if (written !== text) {
  console.error('package.json does not match scripts/entries.mjs. Run: npm run exports');
  process.exitCode = 1;
}
