import { randomUUID } from 'node:crypto';
import { type ExecutionContext, HttpException, type HttpServer, type INestApplication } from '@nestjs/common';
import { ApiTokenPolicyCatalogue } from '../../audit/api-token-policy-catalogue.js';
import { handlerMethod } from '../../audit/describe-route.js';
import { ApiTokenGuardServices } from '../../guards/api-token-guard-services.js';
import type { Refusal } from '../../http/refusal.js';
import { type RequestSlot, requestSlot } from '../../http/request-slot.js';

/** What became of a request inside the application. */
export interface Observation {
  /** Of the response. Says nothing where the request was let in. */
  readonly status: number;
  /** Whether the policy guard was asked, and had to answer. */
  readonly isJudged: boolean;
  /** Why the policy guard refused it; null where it did not. */
  readonly refusal: Refusal | null;
  /** What the policy guard allowed; null where it did not. */
  readonly allowed: RequestSlot['allowed'];
  /** Whether `skipIf` kept the policy guard from it. */
  readonly isSkipped: boolean;
  /** Whether all guards let it in, so that its handler would have run. */
  readonly isLetIn: boolean;
}

interface Watched {
  /** The request as the policy guard reads it; null where it did not. */
  carrier: object | null;
  refusal: Refusal | null;
  isSkipped: boolean;
  isLetIn: boolean;
}

/** Tells the requests that are watched from all others. */
const HEADER = 'x-nestjs-api-token-test';
const BAD_REQUEST = 400;
const TEAPOT = 418;

/** By HTTP adapter, of which an application has one. */
const watchers = new WeakMap<object, RequestWatcher>();

/**
 * Sees what the guard makes of requests, and stops them before their handlers. It stays in the application once it is
 * there, as others may watch at the same time, and does nothing to requests that are not watched.
 */
export class RequestWatcher {
  readonly #watched = new Map<unknown, Watched>();
  readonly #services: ApiTokenGuardServices;

  /** The watcher of an application that is initialised. */
  static of(app: INestApplication): RequestWatcher {
    const adapter = app.getHttpAdapter();
    const watcher = watchers.get(adapter) ?? new RequestWatcher(app);
    watchers.set(adapter, watcher);
    return watcher;
  }

  private constructor(app: INestApplication) {
    this.#services = app.get(ApiTokenGuardServices, { strict: false });
    this.#watchGuard();
    const { routes } = app.get(ApiTokenPolicyCatalogue, { strict: false });
    const declared = routes.map(
      (route) => Reflect.getMetadata('__httpCode__', handlerMethod(route)) as unknown,
    );
    this.#stopBeforeHandlers(app.getHttpAdapter(), new Set(declared));
  }

  /**
   * Watches one request.
   *
   * @param send - Sends the request, with these headers among its own.
   */
  async watch(
    send: (headers: Readonly<Record<string, string>>) => Promise<{ readonly status: number }>,
  ): Promise<Observation> {
    const id = randomUUID();
    const watched: Watched = { carrier: null, refusal: null, isSkipped: false, isLetIn: false };
    this.#watched.set(id, watched);
    try {
      const { status } = await send({ [HEADER]: id });
      const { carrier, refusal, isSkipped, isLetIn } = watched;
      const allowed = carrier && (requestSlot(carrier, this.#services)?.allowed ?? null);
      return { status, isJudged: carrier !== null, refusal, allowed, isSkipped, isLetIn };
    } finally {
      this.#watched.delete(id);
    }
  }

  #watchGuard(): void {
    const services = this.#services;
    const { skipIf, exceptionFactory } = services.rules;
    const rules: typeof services.rules = {
      ...services.rules,
      skipIf:
        skipIf &&
        ((context) => {
          const isSkipped = skipIf(context);
          const watched = this.#of(requestOf(context));
          if (watched !== undefined) watched.isSkipped = isSkipped === true;
          return isSkipped;
        }),
      exceptionFactory: (refusal, exception, context) => {
        const watched = this.#of(requestOf(context));
        if (watched !== undefined) watched.refusal = refusal;
        return exceptionFactory === null ? exception : exceptionFactory(refusal, exception, context);
      },
    };
    const contextOf = services.contextOf.bind(services);
    const watchedContextOf: typeof contextOf = (type) => {
      const adapter = contextOf(type);
      if (typeof adapter === 'string') return adapter;
      return {
        ...adapter,
        read: (context) => {
          const request = adapter.read(context);
          const watched = this.#of(request);
          if (watched !== undefined) watched.carrier = adapter.carrier(context);
          return request;
        },
      };
    };
    Object.defineProperties(services, { rules: { value: rules }, contextOf: { value: watchedContextOf } });
  }

  /**
   * Nest sets the status of the response when all guards have let a request in, and before anything else happens.
   *
   * @param declared - The statuses that handlers are declared to answer with.
   */
  #stopBeforeHandlers(adapter: HttpServer, declared: ReadonlySet<unknown>): void {
    const setStatus = adapter.status.bind(adapter);
    adapter.status = (response: object, status: number): unknown => {
      // On Fastify, and on Express.
      const watched = this.#of(Reflect.get(response, 'request') ?? Reflect.get(response, 'req'));
      // An exception filter may set a status too, that of its error.
      const isOfHandler = status < BAD_REQUEST || declared.has(status);
      if (watched === undefined || watched.isLetIn || !isOfHandler) return setStatus(response, status);
      watched.isLetIn = true;
      throw new HttpException('Stopped before its handler by nestjs-api-token/testing', TEAPOT);
    };
  }

  #of(request: unknown): Watched | undefined {
    if (typeof request !== 'object' || request === null) return undefined;
    const headers: unknown = Reflect.get(request, 'headers');
    const id: unknown =
      typeof headers === 'object' && headers !== null ? Reflect.get(headers, HEADER) : undefined;
    return this.#watched.get(id);
  }
}

function requestOf(context: ExecutionContext): unknown {
  return context.getArgByIndex<unknown>(0);
}
