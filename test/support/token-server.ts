import {
  type ApiTokenEvent,
  ApiTokenEvents,
  type ApiTokenModuleOptions,
  ApiTokenService,
  InMemoryApiTokenStore,
} from 'nestjs-api-token';
import { bearer, type Platform, startApplication } from './application.js';
import { reviewServer } from './review-server.js';

/** What is asked of a new token where a test is about something else. */
export const FULL = { ownerId: 'grumpy', policy: 'full-access' } as const;
export const DAY = 86_400_000;

/** A store that counts the look-ups. */
export class CountingStore extends InMemoryApiTokenStore {
  reads = 0;

  override findByDigest(digests: readonly string[]) {
    this.reads += 1;
    return super.findByDigest(digests);
  }
}

/** A review server, with what a test needs to watch the life of its tokens. */
export async function startTokenServer(
  platform: Platform,
  overrides: Partial<ApiTokenModuleOptions> = {},
  store = new CountingStore(),
) {
  const time = { now: Date.now() };
  const server = await startApplication(
    platform,
    reviewServer({ repository: { useValue: store }, clock: () => time.now, ...overrides }),
  );
  const events: ApiTokenEvent[] = [];
  server.app.get(ApiTokenEvents).subscribe((event) => events.push(event));
  const status = async (secret: string, path = '/repositories/1') =>
    (await server.send('GET', path, bearer(secret))).status;
  return { ...server, tokens: server.app.get(ApiTokenService), store, time, events, status };
}

/** Waits until something holds, and no longer than `withinMs` milliseconds. */
export async function eventually(holds: () => Promise<boolean>, withinMs: number): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It did not come within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
