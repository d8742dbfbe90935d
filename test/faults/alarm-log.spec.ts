import { Logger, type LoggerService } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type ApiTokenEvent, ApiTokenEvents, ApiTokenService, InMemoryApiTokenStore } from 'nestjs-api-token';
import { bearer, startApplication } from '../support/application.js';
import { reviewServer } from '../support/review-server.js';
import { everything } from '../support/tokens.js';

jest.setTimeout(60_000);

/** Keeps the lines that are logged. */
class Lines implements LoggerService {
  readonly lines: string[] = [];
  log = () => undefined;
  error = (line: unknown) => void this.lines.push(String(line));
  warn = (line: unknown) => void this.lines.push(String(line));
}

async function start(options: Parameters<typeof reviewServer>[0] = {}) {
  const store = new InMemoryApiTokenStore();
  const server = await startApplication(
    'Express',
    reviewServer({ repository: { useValue: store }, ...options }),
  );
  const log = new Lines();
  server.app.useLogger(log);
  const events: ApiTokenEvent[] = [];
  server.app.get(ApiTokenEvents).subscribe((event) => events.push(event));
  const status = async (secret: string) => (await server.send('GET', '/projects/1', bearer(secret))).status;
  return { ...server, store, status, events, log, tokens: server.app.get(ApiTokenService) };
}

describe('a database that fails', () => {
  it('RL04 logs a line a second for a component and a name, with a count, and emits every event', async () => {
    const { store, status, tokens, events, log } = await start({ cache: false });
    const { secret } = await tokens.issue(everything);
    store.findByDigest = () => {
      throw Object.assign(new TypeError('no such table'), { code: '42P01' });
    };
    const begin = performance.now();
    for (let sent = 0; sent < 50; sent += 1) expect(await status(secret)).toBe(503);
    expect(events.filter(({ type }) => type === 'faulted')).toHaveLength(50);
    // Another name has a line of its own.
    store.findByDigest = () => {
      throw new RangeError('other');
    };
    expect(await status(secret)).toBe(503);
    expect(log.lines).toContain('The repository failed with RangeError');
    await sleep(1_100);
    const lines = log.lines.filter((line) => line.startsWith('The repository failed with TypeError (42P01)'));
    const counts = lines.map((line) => Number(/and (?<more>\d+) more/.exec(line)?.groups?.['more'] ?? 1));
    expect(counts[0]).toBe(1);
    expect(counts.reduce((one, other) => one + other)).toBe(50);
    // One a second, on a busy machine too.
    expect(lines.length).toBeLessThanOrEqual(3 + Math.floor((performance.now() - begin) / 1_000));
  });

  it('RL04 counts names beyond a hundred together, as a driver may make up a new one each time', async () => {
    const { store, status, tokens, log } = await start({ cache: false });
    const { secret } = await tokens.issue(everything);
    let made = 0;
    store.findByDigest = () => {
      made += 1;
      throw Object.assign(new Error('at sea'), { code: `E${made}` });
    };
    const begin = performance.now();
    await Promise.all(Array.from({ length: 130 }, () => status(secret)));
    // A name's line is its only one for a second, and on a busy machine this may take longer.
    const seconds = 1 + Math.floor((performance.now() - begin) / 1_000);
    expect(log.lines.length).toBeLessThanOrEqual(101 * seconds);
    if (seconds === 1) expect(made).toBe(130);
  });

  it.each([
    ['a damaged policy', '{"resources":[]}', /is damaged/],
    [
      'a policy that names a policy ID which no route has',
      '{"resources":{"gone":{"*":{"block":["*"]}}}}',
      /no route has/,
    ],
  ])('RL04 logs %s once a second, however often its token is used', async (_, policy, line) => {
    const { store, status, tokens, log } = await start({ cache: false });
    const { secret } = await tokens.issue(everything);
    const find = store.findByDigest.bind(store);
    store.findByDigest = (digests) => {
      const found = find(digests);
      return found && { ...found, policy };
    };
    const begin = performance.now();
    for (let sent = 0; sent < 20; sent += 1) await status(secret);
    expect(log.lines.length).toBeLessThanOrEqual(2 + Math.floor((performance.now() - begin) / 1_000));
    expect(log.lines[0]).toMatch(line);
  });
});

describe('a logger that throws when it is told what was left out', () => {
  class FailingLogger extends Lines {
    isFailing = false;
    override error = () => {
      if (this.isFailing) throw new TypeError('The log is full.');
      return undefined;
    };
  }

  function alarms() {
    jest.useFakeTimers();
    const log = new FailingLogger();
    Logger.overrideLogger(log);
    const events = new ApiTokenEvents();
    for (let time = 0; time < 2; time += 1)
      events.emit({ type: 'faulted', component: 'repository', fault: { name: 'TypeError' } });
    log.isFailing = true;
    return events;
  }

  afterEach(() => {
    jest.useRealTimers();
    Logger.overrideLogger(false);
  });

  it('does not end the process a second after the first line', () => {
    alarms();
    expect(() => jest.advanceTimersByTime(1_000)).not.toThrow();
  });

  it('does not fail the end of the application', () => {
    const events = alarms();
    expect(() => events.close()).not.toThrow();
  });
});
