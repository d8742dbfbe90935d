/** Runs everything in several processes and writes what came out. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { summary } from './harness.mjs';
import { report } from './report.mjs';

/** Rounds are those of each process. */
const PLAN = { processes: 5, rounds: 5, warmUps: 3 };

const runs = [];
for (let count = 0; count < PLAN.processes; count += 1) runs.push(await runProcess());
const results = { machine: machine(), plan: PLAN, ...merge(runs) };

writeFileSync(new URL('results.json', import.meta.url), `${JSON.stringify(results, rounded, 2)}\n`);
const text = report(results);
writeFileSync(new URL('RESULTS.md', import.meta.url), text);
process.stdout.write(text);

async function runProcess() {
  const child = fork(new URL('process.mjs', import.meta.url), [JSON.stringify(PLAN)]);
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`A process ended with ${code} and sent nothing.`);
  });
  const [run] = await Promise.race([once(child, 'message'), failed]);
  // It has sent everything, so that its end is no failure any more.
  await failed.catch(() => undefined);
  return run;
}

/** The runs of all processes as one: each timing with the samples of all. */
function merge([first, ...others]) {
  return {
    decisions: first.decisions.map((decision, index) => ({
      ...decision,
      timings: mergeTimings(
        [decision, ...others.map((run) => run.decisions[index])].map(({ timings }) => timings),
      ),
    })),
    guards: mergeTimings([first, ...others].map(({ guards }) => guards)),
  };
}

function mergeTimings([first, ...others]) {
  return first.map((timing, index) => {
    const samples = [timing, ...others.map((timings) => timings[index])].flatMap((each) => each.samples);
    return { ...timing, ...summary(samples), samples };
  });
}

/** The machine and the versions, by name only. */
function machine() {
  const [{ model }, ...others] = cpus();
  return {
    cpu: model.trim(),
    cores: others.length + 1,
    node: process.version,
    packages: Object.fromEntries(
      ['nestjs-api-token', '@nestjs/core', '@casl/ability'].map((name) => [name, versionOf(name)]),
    ),
  };
}

function versionOf(name) {
  // Looked for by hand: not every package exports its package.json.
  const folders = createRequire(import.meta.url).resolve.paths(name);
  const file = folders
    .map((folder) => `${folder}/${name}/package.json`)
    .find((candidate) => existsSync(candidate));
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

/** A tenth of a nanosecond is more than a clock tells, and single samples would only make each commit longer. */
function rounded(key, value) {
  if (key === 'samples') return undefined;
  return typeof value === 'number' ? Number(value.toFixed(1)) : value;
}
