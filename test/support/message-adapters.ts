import type { ExecutionContext } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { WsException } from '@nestjs/websockets';
import type { ApiTokenContextAdapter } from 'nestjs-api-token';

// As the README writes them.

interface SocketIoClient {
  readonly handshake: { readonly auth: Readonly<Record<string, unknown>> };
}

/** The token comes with the handshake of socket.io. */
export const socketIoMessages: ApiTokenContextAdapter = {
  read(context: ExecutionContext) {
    const { auth } = context.switchToWs().getClient<SocketIoClient>().handshake;
    return {
      headers: { authorization: `Bearer ${String(auth['token'])}` },
      method: 'GET',
      params: context.switchToWs().getData<Record<string, unknown>>(),
    };
  },
  carrier: (context) => context.switchToWs().getClient(),
  exception: (_, exception) => new WsException(exception.getResponse()),
};

/** A client may send text too, or nothing. */
type Message = Record<string, unknown> | null | undefined;

interface WebSocketClient {
  send(text: string): void;
}

/** The token is a member of each message, as a browser can set no headers. */
export const webSocketMessages: ApiTokenContextAdapter = {
  read(context: ExecutionContext) {
    const message = context.switchToWs().getData<Message>();
    return {
      headers: { authorization: `Bearer ${String(message?.['token'])}` },
      method: 'GET',
      params: message ?? {},
    };
  },
  carrier: (context) => context.switchToWs().getClient(),
  exception: (_, exception) => new WsException(exception.getResponse()),
};

/** Before Nest 12 its exception filter emits on `ws` sockets what nobody hears. */
export const webSocketMessagesBeforeNest12: ApiTokenContextAdapter = {
  ...webSocketMessages,
  acknowledge(_, exception, context) {
    const answer = { event: 'exception', data: exception.getResponse() };
    context.switchToWs().getClient<WebSocketClient>().send(JSON.stringify(answer));
  },
};

/** The token is a member of each payload. */
export const tcpMessages: ApiTokenContextAdapter = {
  read(context: ExecutionContext) {
    const payload = context.switchToRpc().getData<Message>();
    return {
      headers: { authorization: `Bearer ${String(payload?.['token'])}` },
      method: 'GET',
      params: payload ?? {},
    };
  },
  carrier: (context) => context.switchToRpc().getContext(),
  exception: (_, exception) => new RpcException(exception.getResponse()),
};

/** INVALID_ARGUMENT, UNAUTHENTICATED, PERMISSION_DENIED and UNAVAILABLE by HTTP status. */
const GRPC_STATUS: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7, 503: 14 };

interface GrpcMetadata {
  get(key: string): (string | Buffer)[];
}

/** The token comes in the metadata `authorization`. */
export const grpcCalls: ApiTokenContextAdapter = {
  read(context: ExecutionContext) {
    const fields = context.switchToRpc().getContext<GrpcMetadata>().get('authorization').map(String);
    return {
      headers: { authorization: fields.length > 1 ? fields : fields[0] },
      method: 'GET',
      params: context.switchToRpc().getData<Record<string, unknown>>(),
    };
  },
  carrier: (context) => context.switchToRpc().getContext(),
  exception: (_, exception) =>
    new RpcException({
      code: GRPC_STATUS[exception.getStatus()] ?? 2,
      message: `${exception.code}: ${exception.message}`,
    }),
};

interface GraphqlContext {
  /** Of a query or a mutation, and of a subscription: with Apollo on Express and on Fastify. */
  readonly req: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly raw?: { readonly rawHeaders: readonly string[] };
    readonly rawHeaders?: readonly string[];
    /** What graphql-ws has in place of a request. */
    readonly connectionParams?: Readonly<Record<string, unknown>>;
  };
}

interface GraphqlInfo {
  readonly operation: { readonly operation: 'query' | 'mutation' | 'subscription' };
}

/** The token comes in the header of the request, or in `connectionParams` of graphql-ws. */
export const graphqlOperations: ApiTokenContextAdapter = {
  read(context: ExecutionContext) {
    const [, params, { req }, info] =
      context.getArgs<[unknown, Record<string, unknown>, GraphqlContext, GraphqlInfo]>();
    const authorization = req.connectionParams?.['authorization'];
    return {
      headers: req.headers ?? {
        authorization: typeof authorization === 'string' ? authorization : undefined,
      },
      rawHeaders: (req.raw ?? req).rawHeaders,
      method: info.operation.operation === 'mutation' ? 'POST' : 'GET',
      params,
    };
  },
  carrier: (context) => context.getArgByIndex<object>(2),
};
