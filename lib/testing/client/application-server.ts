import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { INestApplication } from '@nestjs/common';

/** A request to an application in a test. */
export interface TestRequest {
  readonly method: string;
  /** With the query string, percent-encoded: sent as it is. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** What the application answered. */
export interface TestResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** Parsed where it is JSON, otherwise the text; undefined where there is none. */
  readonly body: unknown;
}

/** Sends a request to an application. */
export type SendTestRequest = (request: TestRequest) => Promise<TestResponse>;

/**
 * Lets requests be sent to an application, over HTTP and whether it listens or not: a server on a free port of loopback
 * hands them to the application's own, and is closed at the end. Nothing the test has opened is touched.
 */
export async function withApplicationServer<T>(
  app: INestApplication,
  use: (send: SendTestRequest) => Promise<T>,
): Promise<T> {
  await makeReady(app);
  const target = app.getHttpServer() as Server;
  const server = createServer((request, response) => target.emit('request', request, response));
  const agent = new Agent({ keepAlive: true });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await use((request) => send({ agent, host: '127.0.0.1', port }, request));
  } finally {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  }
}

const initializations = new WeakMap<INestApplication, Promise<void>>();

/** Initializes an application that is not yet, as `listen()` does: once, also where several ask for it at once. */
export function makeReady(app: INestApplication): Promise<void> {
  const initialization = initializations.get(app) ?? initialize(app);
  initializations.set(app, initialization);
  return initialization;
}

async function initialize(app: INestApplication): Promise<void> {
  await app.init();
  const instance: unknown = app.getHttpAdapter().getInstance();
  // Fastify has its routes when its plugins are loaded. Express is a function, and has nothing to wait for.
  if (isFastify(instance)) await instance.ready();
}

function isFastify(instance: unknown): instance is { ready(): PromiseLike<unknown> } {
  return (
    typeof instance === 'object' && instance !== null && typeof Reflect.get(instance, 'ready') === 'function'
  );
}

function send(
  to: { readonly agent: Agent; readonly host: string; readonly port: number },
  { method, path, headers, body }: TestRequest,
): Promise<TestResponse> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const content = payload === undefined ? {} : { 'content-type': 'application/json' };
  const options = { ...to, method, path, headers: { ...content, ...headers } };
  return new Promise((resolve, reject) => {
    httpRequest(options, (response) => resolve(received(response)))
      .on('error', reject)
      .end(payload);
  });
}

async function received(response: IncomingMessage): Promise<TestResponse> {
  const body = await text(response);
  const { statusCode: status = 0, headers } = response;
  return { status, headers, body: isJson(headers) && body !== '' ? JSON.parse(body) : body || undefined };
}

function isJson({ 'content-type': type = '' }: IncomingHttpHeaders): boolean {
  return /^application\/(?:[^;]+\+)?json\b/i.test(type);
}
