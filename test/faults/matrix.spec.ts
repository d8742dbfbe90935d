/**
 * Every part of an application that is asked on the way of a request, failing in every way, before its token is kept and
 * after. Jest fails a test in which a promise is rejected without a handler or an error is not caught; what such a thing
 * does to a process is shown by test/processes/faults.test.mjs.
 */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { Reply } from '../support/application.js';
import { DEADLINE_MS, DRIVER_TEXT, type Failure, PROMISES, THROWS } from '../support/faults.js';
import { PARTS } from './faulty-parts.js';
import {
  type FaultyApplication,
  type FaultyPart,
  sharedFaultyApplication,
  startFaultyApplication,
} from './faulty-application.js';
import { calls } from '../support/review-server.js';

interface Row {
  readonly title: string;
  readonly part: FaultyPart;
  readonly failure: Failure;
  /** The status where nothing is kept, and where the token is. */
  readonly first: number;
  readonly kept: number;
}

const ROWS = (Object.keys(PARTS) as FaultyPart[]).flatMap(rowsOf);

function rowsOf(part: FaultyPart): Row[] {
  const { cases, first, kept, promises, nonsense } = PARTS[part];
  const row = (how: string, failure: Failure, status = first): Row => {
    const rest = kept === first ? status : kept;
    const outcome = status === rest ? `${status}` : `${status}, and ${rest} where the token is kept`;
    return { title: `${cases}${part}, which ${how}: ${outcome}`, part, failure, first: status, kept: rest };
  };
  return [
    ...Object.entries({ ...THROWS, ...promises }).map(([how, failure]) => row(how, failure)),
    ...Object.entries(nonsense).map(([what, answer]) => row(`answers with ${what}`, ...answer)),
  ];
}

/** What differs by platform is how the answer is written, whatever the failure was. */
const ON_FASTIFY: readonly Failure[] = [THROWS['throws']!, PROMISES.rejects, PROMISES.hangs];

/** Asked a second later too, of what was left out: it fails in an application of its own. */
const isLogger = ({ part }: Row): boolean => part === 'logger';

describe.each([
  ['Express', ROWS],
  ['Fastify', ROWS.filter(({ failure }) => ON_FASTIFY.includes(failure))],
] as const)('one fault, on %s:', (platform, rows) => {
  const application = sharedFaultyApplication(platform);

  it.each(rows.filter((row) => !isLogger(row)))('$title', (row) => expectRow(application, row));
});

describe('one fault:', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each(ROWS.filter(isLogger))('$title', async (row) =>
    expectRow(await startFaultyApplication('Express'), row),
  );
});

async function expectRow(application: FaultyApplication, row: Row): Promise<void> {
  const { part, failure, first, kept } = row;
  const { failures, events } = application;
  const secret = await application.issue();
  const { component, request } = PARTS[part];
  for (const status of [first, kept]) {
    calls.length = 0;
    failures.set(part, failure);
    expectClosed(await application[request](secret), status);
    const faults = events.filter(({ type }) => type === 'faulted');
    if (status === 503) expect(faults).toContainEqual(expect.objectContaining({ component }));
    // What comes after the deadline must be harmless, too.
    if (failure === PROMISES['rejects after the deadline']) await delay(3 * DEADLINE_MS);
    failures.heal();
    expect((await application.read(secret)).status).toBe(200);
  }
  expect(JSON.stringify(events)).not.toMatch(DRIVER_TEXT);
}

function expectClosed(reply: Reply, status: number): void {
  expect(reply.status).toBe(status);
  expect(reply.text).not.toMatch(DRIVER_TEXT);
  expect(calls).toEqual(status === 200 ? ['item.find 1'] : []);
  if (status !== 503) return;
  expect(reply.headers['retry-after']).toBe('1');
  expect(reply.body).toMatchObject({ code: 'API_TOKEN_UNAVAILABLE' });
}
