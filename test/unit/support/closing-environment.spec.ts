import { expect, it, jest } from '@jest/globals';
import { runJest } from '../../support/run-jest.js';

// A Jest of its own, on a machine that may be busy.
jest.setTimeout(120_000);

it('RO09 a file of tests fails that leaves open what keeps Node from ending', async () => {
  const { assertionResults, message, status } = await runJest('test/unit/support/leaving-open.run.ts');
  expect(assertionResults.map((result) => result.status)).toEqual(['passed', 'passed', 'passed', 'passed']);
  expect(status).toBe('failed');
  const [, left = ''] = /These tests leave open: (.*?)\. See/.exec(message) ?? [];
  for (const kind of ['ProcessWrap', 'TCPServerWrap', 'TCPSocketWrap', 'Timeout'])
    expect(left).toContain(kind);
});
