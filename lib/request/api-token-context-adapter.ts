import type { ExecutionContext } from '@nestjs/common';
import type { ApiTokenException } from '../exceptions/api-token.exception.js';
import { nodeRequest } from './node-request.js';
import type { Rejection } from './rejection.js';

/** A request as the guard reads it, whatever brought it. */
export interface ApiTokenRequest {
  /** The headers by lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Names and values in turn, as they came, so that repeated fields can be counted. */
  readonly rawHeaders?: readonly string[] | undefined;
  /**
   * How many header fields the server keeps of a request, as Node's `server.maxHeadersCount`; it drops others silently, and
   * a credential may be among them. 0: all.
   *
   * @default 1000, as Node
   */
  readonly maxHeadersCount?: number | null | undefined;
  readonly method: string;
  /** The route's parameters, decoded. Outside HTTP what the client sent: whatever is no object has no parameters. */
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * Reads the messages of one kind of context, and answers in its way. The policy ID, the access flag and the canonicalizer
 * never come from it: in a microservice the "request" is what the sender wrote.
 *
 * @example
 * ```ts
 * const sockets: ApiTokenContextAdapter = {
 *   read: (context) => ({
 *     headers: { authorization: `Bearer ${context.switchToWs().getClient<Socket>().handshake.auth['token']}` },
 *     method: 'GET',
 *     params: context.switchToWs().getData<Record<string, unknown>>(),
 *   }),
 *   carrier: (context) => context.switchToWs().getClient<Socket>(),
 *   exception: (_, exception) => new WsException(exception.getResponse()),
 * };
 * ```
 */
export interface ApiTokenContextAdapter {
  /** What the message asks for, with the headers that its token is looked for in. Called for every message. */
  read(context: ExecutionContext): ApiTokenRequest;
  /**
   * The object for which `getApiToken()` answers with the token: the socket, or the context of a GraphQL operation. Never
   * something that a client sends or that is sent back, such as a payload. Nothing is written on it.
   *
   * What is believed is a message and never its carrier: each one is authenticated anew, and `@CurrentApiToken()` is the
   * token of this message also where others of the same carrier are under way.
   */
  carrier(context: ExecutionContext): object;
  /**
   * Makes what is thrown for a rejection, in place of `exceptionFactory`. Nest answers with what is in a `WsException` or an
   * `RpcException`, and with "Internal server error" to anything else.
   *
   * @default the exception that HTTP gets, or that `exceptionFactory` makes
   */
  exception?(rejection: Rejection, exception: ApiTokenException, context: ExecutionContext): Error;
  /**
   * Answers a client that waits for an acknowledgement, which Nest does not call where a message is rejected.
   *
   * @default in gateways the acknowledgement of socket.io is called with the body that HTTP gets
   */
  acknowledge?(rejection: Rejection, exception: ApiTokenException, context: ExecutionContext): void;
}

/** What the guard does with contexts that are no HTTP requests: reject, let pass, or read them with an adapter. */
export type ApiTokenContexts = Readonly<Record<string, 'deny' | 'skip' | ApiTokenContextAdapter>>;

interface HttpRequest {
  readonly headers: ApiTokenRequest['headers'];
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** Fastify's. A getter that takes 150 ns, and 9 µs on Fastify 4. */
  readonly routeOptions?: { readonly method?: string | readonly string[] };
}

const NO_PARAMS = Object.freeze({});

/** Reads the requests of Express and Fastify. */
export const httpContextAdapter = {
  read(context: ExecutionContext): ApiTokenRequest {
    // getArgByIndex: switchToHttp() makes three closures, which takes as long as the rest of the guard's reading.
    const request = context.getArgByIndex<HttpRequest>(0);
    const { httpVersionMajor, rawHeaders, socket } = nodeRequest(request);
    return {
      headers: request.headers,
      method: request.method === 'HEAD' ? headOrRouted(request) : request.method,
      rawHeaders,
      // HTTP/2 rejects a request with too many fields, and makes a Proxy for who asks for its socket.
      maxHeadersCount: httpVersionMajor === 1 ? socket?.server?.maxHeadersCount : undefined,
      params: request.params ?? NO_PARAMS,
    };
  },
  // Node's own, which middleware of Fastify sees too.
  carrier: (context: ExecutionContext): object => nodeRequest(context.getArgByIndex<object>(0)),
} satisfies ApiTokenContextAdapter;

/**
 * The method that Fastify routed, where a hook or a middleware has made HEAD of it since: HEAD is the one method that a
 * handler of another may be called with. An array of methods, as of `@All`, says nothing of this request.
 */
function headOrRouted({ method, routeOptions }: HttpRequest): string {
  const routed = routeOptions?.method;
  return typeof routed === 'string' ? routed : method;
}
