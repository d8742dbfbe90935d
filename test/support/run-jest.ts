import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** What Jest says of a file of tests. */
export interface JestReport {
  readonly message: string;
  readonly status: string;
  readonly assertionResults: readonly {
    readonly ancestorTitles: readonly string[];
    readonly title: string;
    readonly status: string;
  }[];
}

/**
 * Runs a file of tests that are to fail, in a Jest of its own.
 *
 * @param file - From the root of the repository; not a `.spec.ts`, which would be run with all others.
 */
export async function runJest(file: string): Promise<JestReport> {
  const directory = await mkdtemp(join(tmpdir(), 'run-jest-'));
  const outputFile = join(directory, 'report.json');
  const report = ['--ci', '--runInBand', '--forceExit', '--json', `--outputFile=${outputFile}`];
  const command = [
    join(ROOT, 'node_modules/jest/bin/jest.js'),
    ...report,
    '--testMatch',
    `<rootDir>/${file}`,
  ];
  try {
    await new Promise<void>((resolve) => {
      execFile(process.execPath, command, { cwd: ROOT, maxBuffer: 2 ** 26 }, () => resolve());
    });
    const { testResults } = JSON.parse(await readFile(outputFile, 'utf8')) as { testResults: JestReport[] };
    return testResults[0]!;
  } finally {
    await rm(directory, { recursive: true });
  }
}
