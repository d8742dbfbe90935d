import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';
import { InvalidTokenPolicyError } from '../policy/index.js';
import { ApiTokenError } from '../tokens/api-token.error.js';
import { type ApiTokenErrorBody, apiTokenErrorBody } from './api-token-error-body.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const SERVER_FAULT = 500;

/**
 * Answers for the errors of the {@link ApiTokenService} in controllers of your own, with a body of Nest's shape that has
 * `code`, `field` and, of a policy, every one of its `issues`:
 *
 * - 404: there is no such token,
 * - 409: it has ended, its secret is taken, or its owner has too many,
 * - 422: an argument or a policy is wrong,
 * - 503: the store does not answer,
 * - 500: the repository can't keep tokens, which is logged, and the client gets no details.
 *
 * Bind it like other filters: `@UseFilters(ApiTokenErrorFilter)`, `APP_FILTER` with `useClass`, or
 * `app.useGlobalFilters(new ApiTokenErrorFilter())`. Outside HTTP clients get the same body: in microservices and gateways as
 * that of an `RpcException` or a `WsException`, in GraphQL as that of an `HttpException`.
 *
 * @example
 * ```ts
 * @ApiTokenAccess(false)
 * @UseFilters(ApiTokenErrorFilter)
 * @Controller('tokens')
 * class TokenController {}
 * ```
 */
@Catch(ApiTokenError, InvalidTokenPolicyError)
export class ApiTokenErrorFilter implements ExceptionFilter<ApiTokenError | InvalidTokenPolicyError> {
  readonly #logger = new Logger('ApiTokenModule');

  catch(error: ApiTokenError | InvalidTokenPolicyError, host: ArgumentsHost): Observable<never> | void {
    const body = apiTokenErrorBody(error);
    if (body.statusCode === SERVER_FAULT) this.#logger.error(error.message);
    switch (host.getType<string>()) {
      case 'http':
        return reply(host.getArgByIndex(1), body);
      case 'rpc':
        return throwError(() => body);
      case 'ws':
        return emit(host.getArgByIndex(0), body);
      default:
        throw new HttpException(body, body.statusCode);
    }
  }
}

/** What Express and Fastify answer with; in the middleware of Fastify it is Node's response. */
type Response = NodeResponse | (PlatformResponse & { readonly raw?: NodeResponse });

interface NodeResponse {
  readonly headersSent: boolean;
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(text?: string): unknown;
}

interface PlatformResponse {
  status(code: number): PlatformResponse;
  header(name: string, value: string): PlatformResponse;
  send(body: object): unknown;
}

// Not by the HttpAdapterHost: a filter that is made with `new` is given none.
function reply(response: Response, body: ApiTokenErrorBody): void {
  const node = 'raw' in response && response.raw !== undefined ? response.raw : (response as NodeResponse);
  if (node.headersSent) {
    node.end();
  } else if ('send' in response) {
    response.status(body.statusCode).header('content-type', JSON_TYPE).send(body);
  } else {
    node.statusCode = body.statusCode;
    node.setHeader('content-type', JSON_TYPE);
    node.end(JSON.stringify(body));
  }
}

/** A socket of socket.io, or one of `ws`, whose `emit` no client hears. */
interface Client {
  readonly readyState?: unknown;
  emit?(event: 'exception', body: object): unknown;
  send?(text: string): unknown;
}

// By itself: Nest takes a message whose filter has returned for answered, and catches nothing that a filter throws.
function emit(client: Client, body: ApiTokenErrorBody): void {
  if (typeof client.readyState === 'number') {
    client.send?.(JSON.stringify({ event: 'exception', data: body }));
  } else {
    client.emit?.('exception', body);
  }
}
