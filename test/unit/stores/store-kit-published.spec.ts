import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { storeCases } from '../../../lib/testing/store/store-cases.js';
import { type JestReport, runJest } from '../../support/run-jest.js';
import { brokenStores } from './broken-stores.js';

// A Jest of its own, on a machine that may be busy.
jest.setTimeout(240_000);

const CONTRACT = 'the store contract: ';
const titles = Object.values(storeCases).flatMap((cases) => cases.map(({ title }) => title));

describe('RX09 testApiTokenStore as it is published', () => {
  let report: JestReport;

  beforeAll(async () => {
    report = await runJest('test/unit/stores/broken-stores.run.ts');
  });

  /** The titles of the tests of a store that have a status. */
  function titlesOf(store: string, status: string): string[] {
    return report.assertionResults
      .filter((result) => result.ancestorTitles[0] === CONTRACT + store && result.status === status)
      .map(({ title }) => title);
  }

  it('passes for a store that is right', () => {
    expect(titlesOf('InMemoryApiTokenStore', 'passed')).toEqual(titles);
  });

  it('fails for a store that is broken', () => {
    const [notices, { name }] = brokenStores[0]!;
    expect(titlesOf(name, 'failed')).toContainEqual(expect.stringContaining(notices));
    expect(titlesOf(name, 'passed')).not.toEqual([]);
  });

  it.each(['a store that does not open', 'a store that is forgotten'])('fails every test of %s', (name) => {
    expect(titlesOf(name, 'failed')).toEqual(titles);
  });

  it('fails for a store that can not be closed', () => {
    expect(report.message).toContain('cannot be closed');
  });
});
