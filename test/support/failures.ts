/** The ways in which a part of an application fails, whatever it is asked. */
import { NotFoundException } from '@nestjs/common';

/** Fails in place of an answer, or spoils the one that would have been given. */
export type Failure = (healthy: () => unknown) => unknown;

/** What matrix tests give as `timeouts.lookupMs`. */
export const DEADLINE_MS = 30;

/** As a database driver throws: its message and its parameters must not get out. */
export class DriverError extends Error {
  readonly code = 'ECONNREFUSED';
  readonly parameters = ['sha256:secret-digest'];

  constructor() {
    super('postgres://user:password@db/ sha256:secret-digest');
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
