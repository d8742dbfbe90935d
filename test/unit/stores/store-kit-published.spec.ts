import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { storeCases } from '../../../lib/testing/store/store-cases.js';
import { brokenStores } from './broken-stores.js';

// A Jest of its own, on a machine that may be busy.
jest.setTimeout(240_000);

const ROOT = join(__dirname, '../../..');
const CONTRACT = 'F10 the store contract: ';
const titles = Object.values(storeCases).flatMap((cases) => cases.map(({ title }) => title));

interface Report {
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

/** What Jest says of the published function, as somebody calls it at the top of a test file. */
async function runInJest(): Promise<Report> {
  const directory = await mkdtemp(join(tmpdir(), 'store-kit-'));
  const outputFile = join(directory, 'report.json');
  const run = [
    'node_modules/jest/bin/jest.js',
    '--ci',
    '--runInBand',
    '--json',
    `--outputFile=${outputFile}`,
  ];
  try {
    await new Promise<void>((resolve) => {
      const files = ['--testMatch', '<rootDir>/test/unit/stores/broken-stores.run.ts'];
      execFile(process.execPath, [...run, ...files], { cwd: ROOT, maxBuffer: 2 ** 26 }, () => resolve());
    });
    return JSON.parse(await readFile(outputFile, 'utf8')) as Report;
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe('RX09 testApiTokenStore as it is published', () => {
  let results: Report['testResults'][number];

  beforeAll(async () => {
    results = (await runInJest()).testResults[0]!;
  });

  /** The titles of the tests of a store that have a status. */
  function titlesOf(store: string, status: string): string[] {
    return results.assertionResults
      .filter((result) => result.ancestorTitles[0] === CONTRACT + store && result.status === status)
      .map(({ title }) => title);
  }

  it('passes for a store that is right', () => {
    expect(titlesOf('InMemoryApiTokenStore', 'passed')).toEqual(titles);
  });

  it.each(brokenStores.map(([notices, { name }]) => ({ notices, name })))(
    'fails for a store that is broken: $name',
    ({ notices, name }) => {
      expect(titlesOf(name, 'failed')).toContainEqual(expect.stringContaining(notices));
    },
  );

  it.each(['a store that does not open', 'a store that is forgotten'])('fails every test of %s', (name) => {
    expect(titlesOf(name, 'failed')).toEqual(titles);
  });

  it('fails for a store that can not be closed', () => {
    expect(results.message).toContain('cannot be closed');
  });
});
