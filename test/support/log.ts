import { afterEach, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';

const LEVELS = ['log', 'warn', 'error'] as const;

/** What Nest 10 warns of on a busy machine. */
const SLOWNESS = /^The module ".*" is taking .* to serialize/;

/** What is written to Nest's log from now on in a test, by level. */
export function capturedLog(): Record<(typeof LEVELS)[number], string[]> {
  const lines: Record<(typeof LEVELS)[number], string[]> = { log: [], warn: [], error: [] };
  for (const level of LEVELS) {
    jest.spyOn(Logger.prototype, level).mockImplementation((message: unknown) => {
      if (!SLOWNESS.test(String(message))) lines[level].push(String(message));
    });
  }
  return lines;
}

afterEach(() => {
  jest.restoreAllMocks();
});
