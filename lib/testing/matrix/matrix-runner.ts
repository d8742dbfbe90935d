import type { INestApplication } from '@nestjs/common';
import type { ApiTokenRoute } from '../../audit/api-token-route.js';
import { handlerName } from '../../audit/describe-route.js';
import type { SendTestRequest, TestRequest } from '../client/application-server.js';
import type { MatrixRequest } from './matrix-requests.js';
import { type PolicyDisagreement, PolicyMatrixError } from './policy-matrix.error.js';
import { type Observation, RequestWatcher } from './request-watcher.js';
import { NOT_STOPPED, verdictOf } from './verdict.js';

/** Sends the requests of a matrix and keeps what does not become of them as promised. */
export class MatrixRunner {
  readonly #watcher: RequestWatcher;
  readonly #disagreements: PolicyDisagreement[] = [];
  #requests = 0;

  /**
   * @param routes - All routes of the application.
   * @param headers - Those of every request.
   */
  constructor(
    app: INestApplication,
    private readonly routes: readonly ApiTokenRoute[],
    private readonly headers: TestRequest['headers'],
    private readonly send: SendTestRequest,
  ) {
    this.#watcher = RequestWatcher.of(app);
  }

  /** Keeps what was seen without a request. */
  add(disagreement: PolicyDisagreement): void {
    this.#disagreements.push(disagreement);
  }

  /**
   * Sends a request and compares.
   *
   * @throws {PolicyMatrixError} Where the request was not stopped before its handler: others would not be either.
   */
  async run({ place, credential, request, promised }: MatrixRequest): Promise<Observation> {
    const { route } = place;
    const observation = await this.#watcher.watch((headers) =>
      this.send({ ...request, headers: { ...this.headers, ...request.headers, ...headers } }),
    );
    this.#requests += 1;
    const got = verdictOf(observation, route, this.routes);
    if (isServersOwn(observation, request.method, route)) return observation;
    const isStopped = !got.startsWith(NOT_STOPPED);
    if (isStopped && (promised.length === 0 || promised.includes(got))) return observation;
    const { method, path } = request;
    const handler = handlerName(route);
    this.add({ method, path, handler, credential, promised: promised.join(', or '), got });
    if (!isStopped) this.finish();
    return observation;
  }

  /**
   * How many requests were sent.
   *
   * @throws {PolicyMatrixError} Where one became something else than promised.
   */
  finish(): number {
    if (this.#disagreements.length === 0) return this.#requests;
    throw new PolicyMatrixError(this.#disagreements, this.#requests);
  }
}

/**
 * Whether the server answered without asking Nest, as it may: it answers OPTIONS for CORS, and does not have to route
 * HEAD, nor every method that `@All()` is for.
 */
function isServersOwn(
  { status, isAuthorized, isLetIn }: Observation,
  method: string,
  route: ApiTokenRoute,
): boolean {
  if (isAuthorized || isLetIn) return false;
  return method === 'OPTIONS' || (method !== route.method && (status === 404 || status === 405));
}
