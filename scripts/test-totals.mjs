/** Adds up the results that Jest has written and prints them; fails where a test failed, or where there was none. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const totals = { passed: 0, failed: 0, skipped: 0, todo: 0 };
for (const file of process.argv.slice(2)) {
  const results = JSON.parse(readFileSync(file, 'utf8'));
  const counts = {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests,
    todo: results.numTodoTests,
  };
  for (const [kind, count] of Object.entries(counts)) totals[kind] += count;
  console.log(basename(file, '.json'), counts);
}
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
if (totals.failed > 0 || totals.passed === 0) process.exitCode = 1;
