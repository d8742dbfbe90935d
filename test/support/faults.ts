/** The ways in which a part of an application fails, whatever it is asked, and a store and a server that fail so. */
import { NotFoundException } from '@nestjs/common';
import {
  type ApiTokenEvent,
  ApiTokenEvents,
  type ApiTokenModuleOptions,
  type ApiTokenRecord,
  ApiTokenService,
  type ApiTokenStore,
  InMemoryApiTokenStore,
} from 'nestjs-api-token';
import { bearer, startApplication } from './application.js';
import { reviewServer } from './review-server.js';
import { everything } from './tokens.js';

/** Fails in place of an answer, or spoils the one that would have been given. */
export type Failure = (healthy: () => unknown) => unknown;

/** What servers of {@link startFaultyServer} wait for, in milliseconds. */
export const DEADLINE_MS = 30;

/** As drivers fail: with the address of the database, and with the parameters of the query. None of it must get out. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
  readonly code = 'ECONNREFUSED';

  constructor(readonly parameters: readonly unknown[] = ['sha256:secret-digest']) {
    super(`postgres://user:database-password@db/ rejected ${String(parameters)}`, { cause: parameters });
  }
}

/** What no answer and no event may hold. */
export const DRIVER_TEXT = /password|secret-digest|postgres/;

/** An error that throws when it is asked what it is. */
export function unreadableError(): Error {
  const unreadable = {
    get(): never {
      throw new DriverError();
    },
  };
  return Object.defineProperties(new Error(), { name: unreadable, code: unreadable, message: unreadable });
}

/** An object that throws whatever is done to it. */
export function unreadableObject(): object {
  const reject = (): never => {
    throw new DriverError();
  };
  return new Proxy({}, { get: reject, has: reject, getPrototypeOf: reject, ownKeys: reject });
}

function throwing(error: () => unknown): () => never {
  return () => {
    throw error();
  };
}

/** Throws, by what is thrown. */
export const THROWS: Readonly<Record<string, Failure>> = {
  throws: throwing(() => new DriverError()),
  'throws null': throwing(() => null),
  'throws undefined': throwing(() => undefined),
  'throws a text': throwing(() => 'password'),
  'throws an HTTP exception of its own': throwing(() => new NotFoundException('password')),
  'throws an error that throws when it is read': throwing(unreadableError),
};

/** Answers with a promise, or with something like one, that is of no use. */
export const PROMISES = {
  rejects: async () => {
    throw new DriverError();
  },
  'rejects with null': () => Promise.reject(null),
  'rejects after the deadline': () =>
    new Promise((_, reject) => setTimeout(() => reject(new DriverError()), 2 * DEADLINE_MS)),
  hangs: () => new Promise(() => undefined),
  'answers with a thenable that throws when it is read': () =>
    new Proxy({}, { has: (_, name) => name === 'then', get: throwing(() => new DriverError()) }),
} as const satisfies Readonly<Record<string, Failure>>;

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
  spoil(method: keyof ApiTokenStore, failure: Failure): void {
    this.heal(method);
    const original = this[method].bind(this) as (...args: readonly unknown[]) => unknown;
    const spoilt = (...args: readonly unknown[]): unknown => failure(() => original(...args));
    Object.defineProperty(this, method, { configurable: true, writable: true, value: spoilt });
  }

  /** Lets methods fail as drivers do, with what they were asked. */
  break(...methods: (keyof ApiTokenStore)[]): void {
    for (const method of methods) {
      const broken = (...args: readonly unknown[]): never => {
        throw new DriverError(args);
      };
      Object.defineProperty(this, method, { configurable: true, writable: true, value: broken });
    }
  }

  heal(...methods: (keyof ApiTokenStore)[]): void {
    for (const method of methods) Reflect.deleteProperty(this, method);
  }
}

/** A server with such a store, and a token of it that may do everything. */
export async function startFaultyServer(overrides: Partial<ApiTokenModuleOptions> = {}) {
  const store = new FaultyStore();
  const server = await startApplication(
    'Express',
    reviewServer({
      repository: { useValue: store },
      timeouts: { lookupMs: DEADLINE_MS, managementMs: DEADLINE_MS },
      ...overrides,
    }),
  );
  const tokens = server.app.get(ApiTokenService);
  const { token, secret } = await tokens.issue(everything);
  const events: ApiTokenEvent[] = [];
  server.app.get(ApiTokenEvents).subscribe((event) => events.push(event));
  const ask = (path: string, sent = secret) => server.send('GET', path, bearer(sent));
  const status = async (sent = secret) => (await ask('/projects/1', sent)).status;
  return { server, store, tokens, token, secret, events, ask, status };
}
