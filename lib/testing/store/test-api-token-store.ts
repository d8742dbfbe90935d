import type { ApiTokenStore } from '../../tokens/api-token-store.js';
import { storeCases } from './store-cases.js';
import type { StoreTestFramework } from './store-test-framework.js';

/** A store to test. */
export interface OpenedApiTokenStore {
  /** May hold other tokens; the tests end and delete them. */
  readonly store: ApiTokenStore;
  /** Called once, after the last test. */
  readonly close?: () => Promise<void>;
}

/** Of a test, and of opening and closing: databases are slower than test frameworks think. */
const TIMEOUT_MS = 30_000;

/**
 * Registers the whole contract of {@link ApiTokenStore} as tests: call it at the top of a test file, with a database that
 * holds nothing you need. It can be run again on the same database.
 *
 * @param name - What the store is called in the titles.
 * @param open - Opens the store before the first test; null where its database does not answer. The tests then say so in
 * one line and are skipped.
 * @param framework - Default: what Jest, and Vitest with `globals: true`, put on `globalThis`.
 * @throws TypeError where the framework lacks a function.
 *
 * @example
 * ```ts
 * import { testApiTokenStore } from 'nestjs-api-token/testing';
 *
 * testApiTokenStore('PrismaApiTokenStore', async () => {
 *   const prisma = new PrismaClient();
 *   await prisma.$connect();
 *   return { store: new PrismaApiTokenStore(prisma), close: () => prisma.$disconnect() };
 * });
 * ```
 */
export function testApiTokenStore(
  name: string,
  open: () => Promise<OpenedApiTokenStore | null>,
  framework: Partial<StoreTestFramework> = globalThis as Partial<StoreTestFramework>,
): void {
  const { describe, it, beforeAll, afterAll } = complete(framework);
  describe(`the store contract: ${name}`, () => {
    let opened: OpenedApiTokenStore | null | undefined;
    beforeAll(async () => {
      opened = await open();
      if (opened === null) process.stderr.write(`${name} does not answer: its store tests are skipped.\n`);
    }, TIMEOUT_MS);
    afterAll(async () => opened?.close?.(), TIMEOUT_MS);

    for (const [subject, cases] of Object.entries(storeCases)) {
      describe(subject, () => {
        for (const { title, run } of cases) {
          it(
            title,
            async () => {
              // Where it was not opened, not every framework fails the tests by itself.
              if (opened === undefined) throw new TypeError(`${name} was not opened.`);
              if (opened !== null) await run(opened.store);
            },
            TIMEOUT_MS,
          );
        }
      });
    }
  });
}

function complete(framework: Partial<StoreTestFramework>): StoreTestFramework {
  const { describe, it, beforeAll, afterAll } = framework;
  if (describe === undefined || it === undefined || beforeAll === undefined || afterAll === undefined) {
    throw new TypeError(
      'testApiTokenStore needs describe, it, beforeAll and afterAll: hand them in as its third argument.',
    );
  }
  return { describe, it, beforeAll, afterAll };
}
