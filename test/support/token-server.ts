import {
  type ApiTokenEvent,
  ApiTokenEvents,
  type ApiTokenModuleOptions,
  ApiTokenService,
} from 'nestjs-api-token';
import { bearer, type Platform, startApplication } from './application.js';
import { reviewServer } from './review-server.js';
import { CountingStore } from './tokens.js';

export const DAY = 86_400_000;

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
  const status = async (secret: string, path = '/projects/1') =>
    (await server.send('GET', path, bearer(secret))).status;
  return { ...server, tokens: server.app.get(ApiTokenService), store, time, events, status };
}
