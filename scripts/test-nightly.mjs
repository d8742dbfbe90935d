/** What takes longer than a change should wait: coverage, mutations, and hours of random requests. Prints what took how long. */
import { spawnSync } from 'node:child_process';

const STEPS = [
  { what: 'coverage', command: 'npm run test:cov' },
  {
    what: 'a million random cases of each property',
    command: 'npx jest test/unit/policy/properties',
    environment: { PROPERTY_FACTOR: '1000' },
  },
  { what: 'fuzz', command: 'npm run test:fuzz', environment: { FUZZ_REQUESTS: '2000000' } },
  { what: 'soak', command: 'npm run test:soak', environment: { SOAK_SECONDS: '3600' } },
  { what: 'mutations', command: 'npm ci --prefix test/mutation && npm run test:mutation' },
];

const failed = STEPS.filter(({ what, command, environment }) => {
  const start = performance.now();
  console.log(`\n=== ${what}`);
  const { status } = spawnSync(command, {
    shell: true,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  console.log(`${what} took ${Math.round((performance.now() - start) / 1_000)} s`);
  return status !== 0;
});
if (failed.length > 0) {
  console.error(`Failed: ${failed.map(({ what }) => what).join(', ')}`);
  process.exitCode = 1;
}
