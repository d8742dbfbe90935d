/** Every two parts of an application failing at once, each in every way that is not mere nonsense. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { DRIVER_TEXT, type Failure, THROWS } from '../support/faults.js';
import {
  type FaultyApplication,
  type FaultyPart,
  sharedFaultyApplication,
  startFaultyApplication,
} from './faulty-application.js';
import { PARTS } from './faulty-parts.js';
import { calls } from '../support/review-server.js';

const NAMES = Object.keys(PARTS) as FaultyPart[];
const PAIRS = NAMES.flatMap((one, index) => NAMES.slice(index + 1).map((other) => [one, other] as const));

const WAYS = [
  ['throws', 'rejects'],
  ['rejects', 'hangs'],
  ['hangs', 'throws'],
] as const;

/** The cache and the logger answer at once, so that they can only throw. */
function failureOf(part: FaultyPart, way: (typeof WAYS)[number][number]): Failure {
  const failures: Readonly<Record<string, Failure | undefined>> = { ...THROWS, ...PARTS[part].promises };
  return failures[way] ?? THROWS['throws']!;
}

const hasLogger = (pair: readonly FaultyPart[]): boolean => pair.includes('logger');

describe('two faults at once', () => {
  const application = sharedFaultyApplication('Express');

  it.each(PAIRS.filter((pair) => !hasLogger(pair)))('%s and %s', (...pair) => expectPair(application, pair));
});

/** Asked a second later too, of what was left out: it fails in an application of its own. */
describe('two faults at once', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each(PAIRS.filter(hasLogger))('%s and %s', async (...pair) =>
    expectPair(await startFaultyApplication('Express'), pair),
  );
});

async function expectPair(
  { failures, events, issue, read, write, knock }: FaultyApplication,
  [one, other]: readonly [FaultyPart, FaultyPart],
): Promise<void> {
  const isHarmless = PARTS[one].first !== 503 && PARTS[other].first !== 503;
  for (const [first, second] of WAYS) {
    const secret = await issue();
    calls.length = 0;
    failures.set(one, failureOf(one, first));
    failures.set(other, failureOf(other, second));
    const replies = [await knock(), await write(secret), await read(secret)];
    const [unknown, denied, allowed] = replies;
    expect([401, 503]).toContain(unknown!.status);
    expect(denied!.status).toBe(isHarmless ? 403 : 503);
    expect(allowed!.status).toBe(isHarmless ? 200 : 503);
    expect(calls).toEqual(isHarmless ? ['item.find 1'] : []);
    for (const { status, headers, text } of replies) {
      if (status === 503) expect(headers['retry-after']).toBe('1');
      expect(text).not.toMatch(DRIVER_TEXT);
    }
    failures.heal();
    expect((await read(secret)).status).toBe(200);
  }
  expect(JSON.stringify(events)).not.toMatch(DRIVER_TEXT);
}
