/**
 * Runs the bench and writes what came out.
 *
 *     npm run bench                          everything, into RESULTS.md, results.json and plots/
 *     npm run bench -- --only guards,http    some parts, printed and written to a temporary folder
 *     npm run bench -- --try                 everything for a moment, likewise: to see that it works
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PARTS } from './cases/index.mjs';
import { FULL, TRY } from './plans.mjs';
import { FORMAT, report } from './report/index.mjs';
import { machine } from './report/machine.mjs';
import { plots } from './report/plots.mjs';

const { values } = parseArgs({
  options: { only: { type: 'string' }, try: { type: 'boolean', default: false } },
});
const plan = values.try ? TRY : FULL;
const names = values.only?.split(',') ?? Object.keys(PARTS);
const unknown = names.filter((name) => !(name in PARTS));
if (unknown.length > 0)
  throw new Error(`No such part: ${unknown}. There are ${Object.keys(PARTS).join(', ')}.`);

const results = { format: FORMAT, machine: machine() };
for (const name of names) {
  const start = performance.now();
  results[name] = await PARTS[name](plan[name]);
  process.stderr.write(`${name}: ${Math.round((performance.now() - start) / 1_000)} s\n`);
}

const isWhole = values.only === undefined && !values.try;
const folder = isWhole ? fileURLToPath(new URL('.', import.meta.url)) : mkdtempSync(join(tmpdir(), 'bench-'));
const text = report(results);
writeFileSync(join(folder, 'results.json'), `${JSON.stringify(results, rounded, 2)}\n`);
writeFileSync(join(folder, 'RESULTS.md'), text);
mkdirSync(join(folder, 'plots'), { recursive: true });
for (const [name, plot] of Object.entries(plots(results))) writeFileSync(join(folder, 'plots', name), plot);
process.stdout.write(text);
if (!isWhole) process.stderr.write(`Written to ${folder}\n`);

/** More digits than a clock tells would only make each commit longer. */
function rounded(_, value) {
  if (typeof value !== 'number') return value;
  return Number(value.toPrecision(value >= 1_000 ? Math.ceil(Math.log10(value + 1)) : 4));
}
