import { randomUUID } from 'node:crypto';
import { HttpException, type HttpServer, type INestApplication } from '@nestjs/common';
import { ApiTokenPolicyCatalog } from '../../audit/api-token-policy-catalog.js';
import { handlerMethod } from '../../audit/describe-route.js';
import { DecisionObservers, type GuardDecision } from '../../guards/decision-observer.js';
import type { Rejection } from '../../request/rejection.js';
import type { AllowedAccess } from '../../request/request-state.js';

/** What became of a request inside the application. */
export interface Observation {
  /** Of the response. Says nothing where the request was let in. */
  readonly status: number;
  /** Whether the policy guard was asked, and had to answer. */
  readonly isAuthorized: boolean;
  /** Why the policy guard rejected it; null where it did not. */
  readonly rejection: Rejection | null;
  /** What the policy guard allowed; null where it did not. */
  readonly allowed: AllowedAccess | null;
  /** Whether `skipIf` kept the policy guard from it. */
  readonly isSkipped: boolean;
  /** Whether all guards let it in, so that its handler would have run. */
  readonly isLetIn: boolean;
}

interface Watched {
  /** What the policy guard decided last, or the first rejection. */
  decision: GuardDecision | null;
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

  /** The watcher of an application that is initialized. */
  static of(app: INestApplication): RequestWatcher {
    const adapter = app.getHttpAdapter();
    const watcher = watchers.get(adapter) ?? new RequestWatcher(app);
    watchers.set(adapter, watcher);
    return watcher;
  }

  private constructor(app: INestApplication) {
    app.get(DecisionObservers, { strict: false }).add((context, decision) => {
      const watched = this.#of(context.getArgByIndex<unknown>(0));
      // What one guard rejects stays rejected, also where a guard of the application catches that and asks again.
      if (watched !== undefined && watched.decision?.outcome !== 'rejected') watched.decision = decision;
    });
    const { routes } = app.get(ApiTokenPolicyCatalog, { strict: false });
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
    const watched: Watched = { decision: null, isLetIn: false };
    this.#watched.set(id, watched);
    try {
      const { status } = await send({ [HEADER]: id });
      const { decision, isLetIn } = watched;
      return {
        status,
        isAuthorized: decision !== null && decision.outcome !== 'skipped',
        rejection: decision?.outcome === 'rejected' ? decision.rejection : null,
        allowed: decision?.outcome === 'allowed' ? decision.access : null,
        isSkipped: decision?.outcome === 'skipped' && decision.by === 'skip-if',
        isLetIn,
      };
    } finally {
      this.#watched.delete(id);
    }
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
