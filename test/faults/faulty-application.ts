/** An application each part of which can be made to fail. */
import { afterAll, afterEach, beforeAll, jest } from '@jest/globals';
import {
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  type LoggerService,
  Param,
  Post,
} from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { checkedAdapter } from '../../lib/request/application-callbacks.js';
import { RequestContexts } from '../../lib/request/request-contexts.js';
import {
  type ApiTokenEvent,
  ApiTokenEvents,
  type ApiTokenGenerator,
  type ApiTokenRecord,
  type ApiTokenRequest,
  ApiTokenService,
  DefaultTokenGenerator,
  InMemoryApiTokenStore,
  PolicyId,
} from 'nestjs-api-token';
import {
  type Platform,
  type Reply,
  bearer,
  type RunningApplication,
  sharedApplication,
  startApplication,
} from '../support/application.js';
import { DEADLINE_MS, type Failure } from '../support/faults.js';
import { READ_ONLY } from '../support/review-board-policies.js';
import { calls, reviewServer } from '../support/review-server.js';

/** Every part that is asked on the way of a request. */
export type FaultyPart =
  | 'repository'
  | 'owner provider'
  | 'cache, read'
  | 'cache, written'
  | 'clock'
  | 'skipIf'
  | 'context adapter'
  | 'canonicalizer'
  | 'claims()'
  | 'hasShape()'
  | 'hasValidChecksum()'
  | 'exceptionFactory'
  | 'subscriber'
  | 'logger';

/** What fails at present. */
export class Failures {
  readonly #failures = new Map<FaultyPart, Failure>();

  set(part: FaultyPart, failure: Failure): void {
    this.#failures.set(part, failure);
  }

  heal(): void {
    this.#failures.clear();
  }

  ask<T>(part: FaultyPart, healthy: () => T): T {
    const failure = this.#failures.get(part);
    return failure === undefined ? healthy() : (failure(healthy) as T);
  }
}

/** A running application, what fails of it, and requests to it. */
export interface FaultyApplication {
  readonly failures: Failures;
  readonly events: readonly ApiTokenEvent[];
  /** A new token that may read and not write: its secret. */
  issue(): Promise<string>;
  /** Asks for an item, which a token of {@link issue} may. */
  read(secret: string): Promise<Reply>;
  /** Asks for what a token of {@link issue} may not. */
  write(secret: string): Promise<Reply>;
  /** Asks without a token. */
  knock(): Promise<Reply>;
}

/** One that the rows of a table share: what failed is healed after each of them, and nothing is left of its events. */
export function sharedFaultyApplication(platform: Platform): FaultyApplication {
  const failures = new Failures();
  const events: ApiTokenEvent[] = [];
  const server = sharedApplication(platform, () => metadata(failures), withFaultyLogger(failures));
  beforeAll(() => prepare(server.app, failures, events));
  afterEach(() => {
    failures.heal();
    events.length = 0;
  });
  afterAll(() => {
    jest.restoreAllMocks();
  });
  return requestsTo(server, failures, events);
}

/** One that ends after the test, with what it would still log. Restore the mocks of Jest: the cache's methods are spied on. */
export async function startFaultyApplication(platform: Platform): Promise<FaultyApplication> {
  const failures = new Failures();
  const events: ApiTokenEvent[] = [];
  const server = await startApplication(platform, metadata(failures), withFaultyLogger(failures));
  prepare(server.app, failures, events);
  return requestsTo(server, failures, events);
}

function withFaultyLogger(failures: Failures) {
  return (app: INestApplication): void => app.useLogger(faultyLogger(failures));
}

function prepare(app: INestApplication, failures: Failures, events: ApiTokenEvent[]): void {
  spyOnCache(failures);
  useFaultyAdapter(failures, app);
  const stream = app.get(ApiTokenEvents);
  stream.subscribe(() => failures.ask('subscriber', () => undefined));
  stream.subscribe((event) => events.push(event));
}

function requestsTo(
  server: RunningApplication,
  failures: Failures,
  events: readonly ApiTokenEvent[],
): FaultyApplication {
  return {
    failures,
    events,
    issue: async () =>
      (await server.app.get(ApiTokenService).issue({ ownerId: 'grumpy', policy: READ_ONLY })).secret,
    read: (secret) => server.send('GET', '/items/1', bearer(secret)),
    write: (secret) => server.send('POST', '/items/1', bearer(secret)),
    knock: () => server.send('GET', '/items/1'),
  };
}

/** Reads HTTP requests as an adapter of the application reads others: no application can replace the built-in one. */
function useFaultyAdapter(failures: Failures, app: INestApplication): void {
  const read = (context: ExecutionContext): ApiTokenRequest => {
    const request = context.switchToHttp().getRequest<ApiTokenRequest>();
    const { headers, method, params } = request;
    return { headers, method, params };
  };
  const adapter = checkedAdapter(
    {
      read: (context) => failures.ask('context adapter', () => read(context)),
      carrier: (context) => context.switchToHttp().getRequest<object>(),
    },
    app.get(ApiTokenEvents),
  );
  app.get(RequestContexts, { strict: false }).of = () => adapter;
}

function metadata(failures: Failures) {
  class FaultyStore extends InMemoryApiTokenStore {
    override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
      return failures.ask('repository', () => super.findByDigest(digests));
    }
  }

  @PolicyId('item', { canonical: (raw) => failures.ask('canonicalizer', () => raw) })
  @Controller('items/:id')
  class ItemController {
    @Get()
    find(@Param('id') id: string) {
      calls.push(`item.find ${id}`);
      return {};
    }

    @Post()
    change(@Param('id') id: string) {
      calls.push(`item.change ${id}`);
      return {};
    }
  }

  return {
    ...reviewServer({
      repository: { useValue: new FaultyStore() },
      ownerProvider: {
        useValue: { load: (id) => failures.ask('owner provider', () => ({ id })) },
      },
      token: { prefix: 'acme', formats: { issued: faultyGenerator(failures) } },
      timeouts: { lookupMs: DEADLINE_MS },
      clock: () => failures.ask('clock', () => Date.now()),
      requests: { skipIf: () => failures.ask('skipIf', () => false) },
      errors: { exceptionFactory: (_, exception) => failures.ask('exceptionFactory', () => exception) },
    }),
    controllers: [ItemController],
  };
}

/** Of another prefix than the module's own format, which would be asked first. */
function faultyGenerator(failures: Failures): ApiTokenGenerator {
  const generator = new DefaultTokenGenerator({ prefix: 'faulty' });
  return {
    id: 'faulty',
    generate: () => generator.generate(),
    validate: (secret) => generator.validate(secret),
    claims: (credential) => failures.ask('claims()', () => generator.claims(credential)),
    hasShape: (credential) => failures.ask('hasShape()', () => generator.hasShape(credential)),
    hasValidChecksum: (credential) =>
      failures.ask('hasValidChecksum()', () => generator.hasValidChecksum(credential)),
  };
}

function faultyLogger(failures: Failures): LoggerService {
  const log = (): unknown => failures.ask('logger', () => undefined);
  return { log, error: log, warn: log };
}

function spyOnCache(failures: Failures): void {
  const prototype = LRUCache.prototype as unknown as Map<unknown, unknown>;
  const { get, set } = prototype;
  jest.spyOn(prototype, 'get').mockImplementation(function (this: object, ...args) {
    return failures.ask('cache, read', () => Reflect.apply(get, this, args));
  });
  jest.spyOn(prototype, 'set').mockImplementation(function (this: object, ...args) {
    return failures.ask('cache, written', () => Reflect.apply(set, this, args));
  });
}
