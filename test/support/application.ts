import 'reflect-metadata';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { type INestApplication, Module, type ModuleMetadata } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { type Reply, sendHttp1, sendHttp2 } from './send.js';

export type { Reply } from './send.js';

/** Both platforms: whatever is shown on one is shown on the other. */
export const PLATFORMS = ['Express', 'Fastify'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** The platforms and HTTP/2, which of the two only Fastify speaks by itself: what is authorized is authorized alike over all. */
export const TRANSPORTS = [...PLATFORMS, 'Fastify over HTTP/2 (M08)'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** A running application and a client that sends exactly what it is told. */
export interface RunningApplication {
  readonly app: INestApplication;
  readonly port: number;
  /** @param headers - Names and values in turn, sent as they are. */
  send(method: string, path: string, headers?: readonly string[], body?: unknown): Promise<Reply>;
}

/** Each with its connections, of clients that a failed test has not closed too: a server waits for them. */
const running = new Map<INestApplication, Set<Socket>>();

afterEach(async () => {
  const ended = [...running];
  running.clear();
  await Promise.all(ended.map(([app, sockets]) => close(app, sockets)));
});

function close(app: INestApplication, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return app.close();
}

function closeAfterTest(app: INestApplication): void {
  const sockets = new Set<Socket>();
  running.set(app, sockets);
  (app.getHttpServer() as Server).on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
}

/** Makes an application that is closed after the test. */
export async function createApplication(
  transport: Transport,
  metadata: ModuleMetadata,
  adapter?: AbstractHttpAdapter,
): Promise<INestApplication> {
  @Module(metadata)
  class RootModule {}
  const platform = adapter ?? (await newAdapter(transport));
  const app = await NestFactory.create(RootModule, platform, { logger: false, abortOnError: false });
  closeAfterTest(app);
  return app;
}

/** Starts an application on a free port. */
export async function startApplication(
  transport: Transport,
  metadata: ModuleMetadata,
  configure: (app: INestApplication) => void = () => undefined,
  adapter?: AbstractHttpAdapter,
): Promise<RunningApplication> {
  const app = await createApplication(transport, metadata, adapter);
  configure(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const send = transport === 'Fastify over HTTP/2 (M08)' ? sendHttp2 : sendHttp1;
  return { app, port, send: (...request) => send(port, ...request) };
}

/**
 * An application that all tests of a `describe` or of a file share, and that is closed after the last: start one where the
 * rows of a table differ by their tokens and requests alone.
 */
export function sharedApplication(
  transport: Transport,
  metadata: () => ModuleMetadata,
  configure?: (app: INestApplication) => void,
): RunningApplication {
  let started: RunningApplication;
  let sockets: ReadonlySet<Socket>;
  beforeAll(async () => {
    started = await startApplication(transport, metadata(), configure);
    sockets = running.get(started.app)!;
    running.delete(started.app);
  });
  afterAll(() => close(started.app, sockets));
  return {
    get app() {
      return started.app;
    },
    get port() {
      return started.port;
    },
    send: (...request) => started.send(...request),
  };
}

/** Loads the platform that is asked for alone: each takes a while. */
async function newAdapter(transport: Transport): Promise<AbstractHttpAdapter> {
  if (transport === 'Express') {
    const { ExpressAdapter } = await import('@nestjs/platform-express');
    return new ExpressAdapter();
  }
  const { FastifyAdapter } = await import('@nestjs/platform-fastify');
  return transport === 'Fastify' ? new FastifyAdapter() : new FastifyAdapter({ http2: true });
}

/** An Authorization header for {@link RunningApplication.send}. */
export function bearer(secret: string): string[] {
  return ['Authorization', `Bearer ${secret}`];
}
