import type { ModuleMetadata } from '@nestjs/common';
import type { RunningApplication } from './application.js';
import { calls, reviewServer } from './review-server.js';

/** The review server without the guard: what a request reaches there is what the guard has to judge. */
export function unguardedServer(): ModuleMetadata {
  return { controllers: reviewServer().controllers! };
}

/** What a request came to: the status, and the handlers that ran with their IDs. */
export interface Outcome {
  readonly status: number;
  readonly called: readonly string[];
}

/** Sends a request and tells what it came to. */
export async function outcomeOf(
  server: RunningApplication,
  ...request: Parameters<RunningApplication['send']>
): Promise<Outcome> {
  calls.length = 0;
  const { status } = await server.send(...request);
  return { status, called: [...calls] };
}
