import {
  type ApiTokenEvent,
  ApiTokenAuthenticator,
  ApiTokenEvents,
  type ApiTokenModuleOptions,
  ApiTokenService,
  DefaultTokenGenerator,
  InMemoryApiTokenStore,
  PolicyEvaluator,
} from 'nestjs-api-token';
import type { Type } from '@nestjs/common';
import { createApplication } from './application.js';
import { reviewServer } from './review-server.js';

/** The services of an application that serves nobody, with every event that they emit. */
export async function startServices<Store extends InMemoryApiTokenStore = InMemoryApiTokenStore>({
  store = new InMemoryApiTokenStore() as Store,
  controllers,
  ...overrides
}: Partial<ApiTokenModuleOptions> & {
  readonly store?: Store;
  readonly controllers?: Type[];
} = {}) {
  const server = reviewServer({ repository: { useValue: store }, ...overrides });
  const app = await createApplication('Express', { ...server, ...(controllers && { controllers }) });
  await app.init();
  const events: ApiTokenEvent[] = [];
  app.get(ApiTokenEvents).subscribe((event) => events.push(event));
  const authenticator = app.get(ApiTokenAuthenticator);
  return {
    app,
    store,
    tokens: app.get(ApiTokenService),
    evaluator: app.get(PolicyEvaluator),
    events,
    authenticator,
    /** `ok`, or the reason of the rejection. */
    authenticate: async (secret: string): Promise<string> => {
      const answer = await authenticator.authenticate(secret);
      return answer.ok ? 'ok' : answer.reason;
    },
  };
}

/** What a token is issued with where it does not matter. */
export const everything = { ownerId: 'grumpy', policy: 'full-access' } as const;

/** A secret as another application makes it. */
export function foreignSecret(): string {
  return new DefaultTokenGenerator({ prefix: 'acme' }).generate();
}
