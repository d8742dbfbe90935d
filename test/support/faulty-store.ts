/** A server whose store can be made to misbehave, for faults of what is stored and of managing it. */
import {
  type ApiTokenEvent,
  ApiTokenEvents,
  type ApiTokenModuleOptions,
  type ApiTokenRecord,
  ApiTokenService,
  type ApiTokenStore,
  InMemoryApiTokenStore,
} from 'nestjs-api-token';
import { bearer, type Platform, startApplication } from './application.js';
import { DEADLINE_MS, type Failure } from './failures.js';
import { reviewServer } from './review-server.js';

/** What is asked of a store to manage tokens. */
export type ManagedMethod = Exclude<keyof ApiTokenStore, 'findByDigest'>;

/** A store that can be made to misbehave. */
export class FaultyStore extends InMemoryApiTokenStore {
  answer: ((record: ApiTokenRecord | null) => unknown) | null = null;
  reads = 0;

  override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
    this.reads += 1;
    const record = super.findByDigest(digests);
    return (this.answer === null ? record : this.answer(record)) as ApiTokenRecord | null;
  }

  /** Lets a method fail until it is healed. */
  spoil(method: ManagedMethod, failure: Failure): void {
    this.heal(method);
    const original = this[method].bind(this) as (...args: readonly unknown[]) => unknown;
    const spoilt = (...args: readonly unknown[]): unknown => failure(() => original(...args));
    Object.defineProperty(this, method, { configurable: true, value: spoilt });
  }

  heal(method: ManagedMethod): void {
    Reflect.deleteProperty(this, method);
  }
}

/** A server with such a store, and a token of it that may do everything. */
export async function startFaultyServer(platform: Platform, overrides: Partial<ApiTokenModuleOptions> = {}) {
  const store = new FaultyStore();
  const server = await startApplication(
    platform,
    reviewServer({
      repository: { useValue: store },
      timeouts: { lookupMs: DEADLINE_MS, managementMs: DEADLINE_MS },
      ...overrides,
    }),
  );
  const tokens = server.app.get(ApiTokenService);
  const { token, secret } = await tokens.issue({ ownerId: 'grumpy', policy: 'full-access' });
  const events: ApiTokenEvent[] = [];
  server.app.get(ApiTokenEvents).subscribe((event) => events.push(event));
  const ask = (path: string, sent = secret) => server.send('GET', path, bearer(sent));
  const status = async (sent = secret) => (await ask('/repositories/1', sent)).status;
  return { server, store, tokens, token, secret, events, ask, status };
}
