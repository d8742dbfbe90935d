import { expect } from '@jest/globals';
import type { ModuleMetadata } from '@nestjs/common';
import { bearer, type RunningApplication } from './application.js';
import { BLOCKED_42 } from './authorized-requests.js';
import { calls, issueSecret, reviewServer } from './review-server.js';

/** The review server without the guard: what a request reaches there is what the guard has to authorize. */
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

/** The review server twice, with the guard and without it, and how to try a request on both. */
export interface GuardedAndControl {
  readonly control: RunningApplication;
  readonly guarded: RunningApplication;
  readonly secrets: Readonly<Record<'full' | 'not42' | 'nothing', string>>;
}

/** Starts the review server with the guard and without it. */
export async function startWithControl(
  start: (metadata: ModuleMetadata) => Promise<RunningApplication>,
): Promise<GuardedAndControl> {
  const control = await start(unguardedServer());
  const guarded = await start(reviewServer());
  const [full, not42, nothing] = await Promise.all([
    issueSecret(guarded, 'full-access'),
    issueSecret(guarded, BLOCKED_42),
    issueSecret(guarded, { resources: { '*': { block: ['*'] } } }),
  ]);
  return { control, guarded, secrets: { full, not42, nothing } };
}

/**
 * Expects that no token, a token for nothing and one for all but repository 42 reach no more than they may, whatever the
 * request reaches where there is no guard.
 *
 * @returns The handlers that it reaches there.
 */
export async function expectNoOpenDoor(
  { control, guarded, secrets }: GuardedAndControl,
  method: string,
  path: string,
): Promise<readonly string[]> {
  const reached = await outcomeOf(control, method, path);
  const request = `${method} ${path}`;
  const anonymous = await outcomeOf(guarded, method, path);
  expect({ request, called: anonymous.called }).toEqual({ request, called: [] });
  // A pipe rejects after the guard.
  expect([401, reached.called.length > 0 ? 401 : reached.status]).toContain(anonymous.status);
  expect(anonymous.status).toBeGreaterThanOrEqual(400);
  const nothing = await outcomeOf(guarded, method, path, bearer(secrets.nothing));
  expect({ request, called: nothing.called }).toEqual({ request, called: [] });
  expect(nothing.status).toBeGreaterThanOrEqual(400);

  const full = await outcomeOf(guarded, method, path, bearer(secrets.full));
  const isCanonical = full.status !== 400;
  expect({ request, called: full.called }).toEqual({ request, called: isCanonical ? reached.called : [] });
  const not42 = await outcomeOf(guarded, method, path, bearer(secrets.not42));
  const is42 = reached.called.some((call) => /^project\.\w+ 42$/.test(call));
  expect({ request, called: not42.called }).toEqual({ request, called: is42 ? [] : full.called });
  return reached.called;
}
