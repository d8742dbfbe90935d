import { afterEach, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';

const LEVELS = ['log', 'warn', 'error'] as const;

/** What is written to Nest's log from now on in a test, by level. */
export function capturedLog(): Record<(typeof LEVELS)[number], string[]> {
  const lines: Record<(typeof LEVELS)[number], string[]> = { log: [], warn: [], error: [] };
  for (const level of LEVELS) {
    jest.spyOn(Logger.prototype, level).mockImplementation((message: unknown) => {
      lines[level].push(String(message));
    });
  }
  return lines;
}

afterEach(() => {
  jest.restoreAllMocks();
});
