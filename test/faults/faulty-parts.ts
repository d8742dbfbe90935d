/** What is promised of each part of an application that fails. */
import { HttpException } from '@nestjs/common';
import type { ApiTokenRecord, ApiTokenFaultSource } from 'nestjs-api-token';
import { of } from 'rxjs';
import { type Failure, PROMISES, unreadableObject } from '../support/faults.js';
import type { FaultyApplication, FaultyPart } from './faulty-application.js';

/** What is promised of a part that fails. */
export interface PartExpectations {
  /** The security cases that it shows. */
  readonly cases: string;
  /** The request that asks it. */
  readonly request: keyof Pick<FaultyApplication, 'read' | 'write' | 'knock'>;
  /** What its event names; null where nobody is left to be told. */
  readonly component: ApiTokenFaultSource | null;
  /** The status of a request whose token is not kept. */
  readonly first: number;
  /** The status of one whose token is kept. */
  readonly kept: number;
  /** The promises it can answer with. */
  readonly promises: Readonly<Record<string, Failure>>;
  /** Answers that are no answers, with the status where it is not that of `first`. */
  readonly nonsense: Readonly<Record<string, readonly [failure: Failure, status?: number]>>;
}

/** Answers that no part may give, whatever it is. */
const NO_OBJECTS = { true: true, 'a number': 42, 'a text': 'password', 'a symbol': Symbol('x') };

function answers(values: Readonly<Record<string, unknown>>, status?: number): PartExpectations['nonsense'] {
  return Object.fromEntries(
    Object.entries(values).map(([what, value]) => {
      const failure: Failure = () => value;
      return [what, status === undefined ? [failure] : [failure, status]];
    }),
  );
}

async function* later(): AsyncGenerator<object> {
  yield {};
}

/** Settles twice, first with nonsense. */
function indecisive(healthy: () => unknown): object {
  const then = (settle: (value: unknown) => void): void => {
    settle(42);
    settle(healthy());
    throw new Error('settled already');
  };
  const isThen = (name: string | symbol): boolean => name === 'then';
  return new Proxy(
    {},
    { has: (_, name) => isThen(name), get: (_, name) => (isThen(name) ? then : undefined) },
  );
}

const record = (change: object) => (healthy: () => unknown) => ({
  ...(healthy() as ApiTokenRecord | null),
  ...change,
});

const REPOSITORY: PartExpectations = {
  cases: 'F01 F02 F03 ',
  request: 'read',
  component: 'repository',
  first: 503,
  kept: 200,
  promises: PROMISES,
  nonsense: {
    ...answers({ ...NO_OBJECTS, 'a list': [], 'an empty object': {}, 'an Observable': of({}) }),
    'an async iterable': [later],
    'an object that throws when it is read': [unreadableObject],
    'a thenable that settles twice': [indecisive],
    'a record without an expiry': [record({ expiresAt: undefined })],
    'a record whose policy is a rejected promise': [
      (healthy) => record({ policy: Promise.reject(new Error('password')) })(healthy),
    ],
    'a record that throws when it is read': [
      (healthy) =>
        Object.defineProperty(record({})(healthy), 'ownerId', {
          get() {
            throw new Error('password');
          },
        }),
    ],
    // That of a client, not of the application: nothing is known of the token that was asked for.
    "another token's record": [record({ digest: 'sha256:other' }), 401],
  },
};

const OWNER_PROVIDER: PartExpectations = {
  cases: '',
  request: 'read',
  component: 'owner-provider',
  first: 503,
  kept: 200,
  promises: PROMISES,
  nonsense: {
    ...answers({ ...NO_OBJECTS, false: false, zero: 0, 'an empty text': '', 'a list': [] }),
    ...answers({ 'an Observable': of({}), 'an error': new Error('password') }),
    'a function': [() => () => ({})],
    'an async iterable': [later],
    'an object that throws when it is read': [unreadableObject],
    'a thenable that settles twice': [indecisive],
  },
};

/** Of parts that are asked whether or not the token is kept. */
const ALWAYS = { cases: '', request: 'read', first: 503, kept: 503, promises: PROMISES } as const;

const FORMAT: PartExpectations = {
  ...ALWAYS,
  component: 'token-format',
  nonsense: answers({ undefined, null: null, 'a number': 1, 'a text': 'true', 'an object': {} }),
};

/** Of parts that change nothing when they fail. */
const HARMLESS = { cases: '', component: null, promises: PROMISES, nonsense: answers(NO_OBJECTS) } as const;

const { 'answers with a thenable that throws when it is read': throwingThenable, ...NATIVE_PROMISES } =
  PROMISES;

/** What is promised, by part. */
export const PARTS: Readonly<Record<FaultyPart, PartExpectations>> = {
  repository: REPOSITORY,
  'owner provider': OWNER_PROVIDER,
  'cache, read': {
    ...ALWAYS,
    component: 'authenticator',
    promises: {},
    nonsense: answers({ ...NO_OBJECTS, false: false, 'an empty object': {} }),
  },
  'cache, written': { ...ALWAYS, component: 'authenticator', kept: 200, promises: {}, nonsense: {} },
  clock: {
    ...ALWAYS,
    component: 'clock',
    nonsense: answers({
      NaN: Number.NaN,
      Infinity,
      '-Infinity': -Infinity,
      'the year 3 million': 1e17,
      undefined,
      null: null,
      'a text': '2026-01-01',
      'a bigint': 1n,
      'a Date': new Date(),
      'an object': {},
    }),
  },
  // It is asked of requests without a token: none of these skips.
  skipIf: {
    ...ALWAYS,
    request: 'knock',
    component: 'skip-if',
    nonsense: answers({ undefined, null: null, 'a number': 1, 'a text': 'true', 'an object': {} }, 401),
  },
  'context adapter': {
    ...ALWAYS,
    component: 'context-adapter',
    nonsense: {
      ...answers({ ...NO_OBJECTS, undefined, null: null, 'an empty object': {} }),
      ...answers({ 'an object without headers': { carrier: {}, method: 'GET', params: {} } }),
      ...answers({ 'an object without method': { carrier: {}, headers: {}, params: {} } }),
      'an object that throws when it is read': [unreadableObject],
    },
  },
  canonicalizer: {
    ...ALWAYS,
    component: 'guard',
    promises: NATIVE_PROMISES,
    // Whatever is no text names no item.
    nonsense: {
      ...answers({ undefined, 'a number': 1, 'an object': {}, true: true }, 400),
      'a thenable that throws when it is read': [throwingThenable, 400],
    },
  },
  'claims()': FORMAT,
  'hasShape()': { ...FORMAT, kept: 200 },
  'hasValidChecksum()': { ...FORMAT, kept: 200 },
  exceptionFactory: {
    ...HARMLESS,
    request: 'knock',
    component: 'exception-factory',
    first: 401,
    kept: 401,
    nonsense: answers({
      ...NO_OBJECTS,
      undefined,
      null: null,
      'an object': {},
      'an exception of status 200': new HttpException('welcome', 200),
      'an exception of no status': new HttpException('welcome', undefined as unknown as number),
    }),
  },
  subscriber: { ...HARMLESS, request: 'write', first: 403, kept: 403 },
  // It is only asked where something else fails: see the pairs. Nest drops the promises of loggers.
  logger: { ...HARMLESS, request: 'write', first: 403, kept: 403, promises: {} },
};
