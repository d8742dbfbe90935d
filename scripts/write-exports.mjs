/**
 * Writes `exports` and `typesVersions` of package.json from the list of entries. With --check it writes nothing, and fails
 * where they differ.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { ENTRIES } from './entries.mjs';

const file = new URL('../package.json', import.meta.url);
const written = readFileSync(file, 'utf8');

const conditions = (folder, kind) => {
  const path = ['./dist', kind, folder, 'index'].filter(Boolean).join('/');
  return { types: `${path}.d.ts`, default: `${path}.js` };
};
const manifest = JSON.parse(written);
manifest.exports = {
  ...Object.fromEntries(
    Object.entries(ENTRIES).map(([entry, folder]) => [
      entry,
      // Node takes `module-sync` for import and require alike, so that it loads one copy of the package.
      {
        'module-sync': conditions(folder, 'esm'),
        import: conditions(folder, 'esm'),
        require: conditions(folder, 'cjs'),
      },
    ]),
  ),
  './package.json': './package.json',
};
manifest.typesVersions = {
  '*': Object.fromEntries(
    Object.entries(ENTRIES)
      .filter(([entry]) => entry !== '.')
      .map(([entry, folder]) => [entry.slice(2), [conditions(folder, 'cjs').types]]),
  ),
};

const wanted = await format(JSON.stringify(manifest), { parser: 'json-stringify' });
if (process.argv.includes('--check')) {
  if (wanted !== written) {
    console.error('The exports of package.json are not those of scripts/entries.mjs. Run: npm run exports');
    process.exitCode = 1;
  }
} else writeFileSync(file, wanted);
