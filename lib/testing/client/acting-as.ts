import type { INestApplication } from '@nestjs/common';
import type { ApiToken } from '../../tokens/api-token.js';
import {
  makeReady,
  type TestRequest,
  type TestResponse,
  withApplicationServer,
} from './application-server.js';
import { issueTestToken, type TestToken, type TestTokenOptions } from './issue-test-token.js';

/** A client whose requests all carry one token. Paths are with prefix and query string: `/api/projects?page=2`. */
export class ApiTokenTestClient {
  readonly token: ApiToken;
  readonly secret: string;
  /** `{ authorization: 'Bearer …' }`, for any other client. */
  readonly headers: TestToken['headers'];

  /** @internal Use {@link actingAs}. */
  constructor(
    private readonly app: INestApplication,
    { token, secret, headers }: TestToken,
  ) {
    this.token = token;
    this.secret = secret;
    this.headers = headers;
  }

  /** Sends a request to the application, with headers beside those of the token. */
  request(
    method: string,
    path: string,
    { headers, body }: Pick<TestRequest, 'headers' | 'body'> = {},
  ): Promise<TestResponse> {
    const request = { method, path, body, headers: { ...this.headers, ...headers } };
    return withApplicationServer(this.app, (send) => send(request));
  }

  get(path: string): Promise<TestResponse> {
    return this.request('GET', path);
  }

  /** @param body - Sent as JSON. */
  post(path: string, body?: unknown): Promise<TestResponse> {
    return this.request('POST', path, { body });
  }

  /** @param body - Sent as JSON. */
  put(path: string, body?: unknown): Promise<TestResponse> {
    return this.request('PUT', path, { body });
  }

  /** @param body - Sent as JSON. */
  patch(path: string, body?: unknown): Promise<TestResponse> {
    return this.request('PATCH', path, { body });
  }

  delete(path: string): Promise<TestResponse> {
    return this.request('DELETE', path);
  }
}

/**
 * Issues a token and answers with a client that sends it: real requests over HTTP, on Express and Fastify, whether the
 * application listens or not. One that is not initialized is.
 *
 * @example
 * ```ts
 * const reader = await actingAs(app, { policy: { resources: { '*': { allow: ['GET'], block: ['*'] } } } });
 * expect((await reader.get('/projects/1')).status).toBe(200);
 * expect((await reader.delete('/projects/1')).status).toBe(403);
 * ```
 *
 * @throws {ApiTokenError} and the others of `ApiTokenService.issue()`.
 */
export async function actingAs(
  app: INestApplication,
  options: TestTokenOptions,
): Promise<ApiTokenTestClient> {
  await makeReady(app);
  return new ApiTokenTestClient(app, await issueTestToken(app, options));
}
