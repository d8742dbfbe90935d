/** Decisions and the guard in less than a minute, compared with the results that were committed last. */
import { spawnSync } from 'node:child_process';
import { PARTS } from './cases/index.mjs';
import { QUICK } from './plans.mjs';
import { comparison } from './report/comparison.mjs';
import { FORMAT, report } from './report/index.mjs';
import { machine } from './report/machine.mjs';

const results = { machine: machine() };
for (const [name, plan] of Object.entries(QUICK)) results[name] = await PARTS[name](plan);

const { text, slower } = comparison(results, committedResults());
process.stdout.write(`${report(results)}\n## Since the last commit of results\n\n${text}`);
if (slower.length > 0) {
  process.stdout.write(`\nSlower beyond noise: ${slower.join('; ')}.\n`);
  process.exitCode = 1;
}

/** Null where there are none, as outside of a clone, and where they are laid out otherwise. */
function committedResults() {
  const cwd = new URL('.', import.meta.url);
  const { status, stdout } = spawnSync('git', ['show', 'HEAD:./results.json'], { cwd, encoding: 'utf8' });
  const committed = status === 0 ? JSON.parse(stdout) : null;
  return committed?.format === FORMAT ? committed : null;
}
