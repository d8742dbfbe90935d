import { describe, expect, it, jest } from '@jest/globals';
import { type ApiTokenStore, InMemoryApiTokenStore } from 'nestjs-api-token';
import { type StoreTestFramework, testApiTokenStore } from 'nestjs-api-token/testing';
import { storeCases } from '../../../lib/testing/store/store-cases.js';
import { brokenStores } from './broken-stores.js';

const cases = Object.values(storeCases).flat();

/** The titles of the tests that a store fails, one after another as in a test framework. */
async function failures(open: () => ApiTokenStore): Promise<string[]> {
  const { framework, titles, tests, before } = recorder();
  testApiTokenStore('a store', async () => ({ store: open() }), framework);
  for (const hook of before) await hook();
  const failed: string[] = [];
  for (const [index, test] of tests.entries()) await test().catch(() => failed.push(titles[index]!));
  return failed;
}

/** A test framework that runs what was registered when it is told to, in the order of real ones. */
function recorder() {
  const titles: string[] = [];
  const before: (() => Promise<void>)[] = [];
  const tests: (() => Promise<void>)[] = [];
  const after: (() => Promise<void>)[] = [];
  const timeouts: number[] = [];
  const framework: StoreTestFramework = {
    describe: (_title, define) => define(),
    it: (title, test, timeoutMs) => {
      titles.push(title);
      tests.push(test);
      timeouts.push(timeoutMs);
    },
    beforeAll: (hook, timeoutMs) => timeouts.push(timeoutMs) && before.push(hook),
    afterAll: (hook, timeoutMs) => timeouts.push(timeoutMs) && after.push(hook),
  };
  const run = async () => {
    for (const step of [...before, ...tests, ...after]) await step();
  };
  /** How many tests fail where the framework goes on after a hook that failed. */
  const countFailures = async () => {
    for (const hook of before) await hook().catch(() => undefined);
    const results = await Promise.allSettled(tests.map((test) => test()));
    return results.filter(({ status }) => status === 'rejected').length;
  };
  return { before, countFailures, framework, run, tests, timeouts, titles };
}

describe('F10 the contract kit', () => {
  it('finds nothing wrong with a store that is right', async () => {
    expect(await failures(() => new InMemoryApiTokenStore())).toEqual([]);
  });

  it('has a title of its own for each case', () => {
    expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
  });

  it.each(brokenStores.map(([notices, Store]) => ({ notices, name: Store.name, Store })))(
    'notices a store that is broken: $name',
    async ({ notices, Store }) => {
      expect(await failures(() => new Store())).toContainEqual(expect.stringContaining(notices));
    },
  );

  it('registers every case with the functions that it is handed, opens the store once, and closes it', async () => {
    const close = jest.fn(async () => undefined);
    const open = jest.fn(async () => ({ store: new InMemoryApiTokenStore(), close }));
    const { framework, run, timeouts, titles } = recorder();
    testApiTokenStore('a store', open, framework);
    expect(open).not.toHaveBeenCalled();
    await run();
    expect(titles).toEqual(cases.map(({ title }) => title));
    // Opening and closing may take as long as a test: a database has to be made.
    expect(timeouts).toEqual(Array.from({ length: cases.length + 2 }, () => 30_000));
    expect(open).toHaveBeenCalledTimes(1);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('says in one line that nothing answers, and skips', async () => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const { framework, run } = recorder();
    testApiTokenStore('a store', async () => null, framework);
    await run();
    const lines = write.mock.calls.map(([line]) => line);
    write.mockRestore();
    expect(lines).toEqual(['a store does not answer: its store tests are skipped.\n']);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('no connection'))],
    ['answers with nothing', async () => undefined as never],
  ])('RX09 fails every test where opening %s, whatever the framework makes of its hooks', async (_, open) => {
    const { countFailures, framework } = recorder();
    testApiTokenStore('a store', open, framework);
    expect(await countFailures()).toBe(cases.length);
  });

  it('says which functions it lacks where no test framework is there', () => {
    const open = async () => ({ store: new InMemoryApiTokenStore() });
    expect(() => testApiTokenStore('a store', open, {})).toThrow(
      /needs describe, it, beforeAll and afterAll/,
    );
  });
});
