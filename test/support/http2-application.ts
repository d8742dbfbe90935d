import { type ClientHttp2Session, connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach } from '@jest/globals';
import { type INestApplication, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

const running: INestApplication[] = [];
const sessions: ClientHttp2Session[] = [];

afterEach(async () => {
  // A server waits for its sessions to close.
  for (const session of sessions.splice(0)) session.destroy();
  await Promise.all(running.splice(0).map((app) => app.close()));
});

/** An application on Fastify over HTTP/2 without TLS. */
export interface Http2Application {
  readonly app: INestApplication;
  readonly port: number;
  /** A connection that is closed after the test. */
  connect(): ClientHttp2Session;
}

/** Starts an application over HTTP/2 on a free port. On Fastify: Express speaks HTTP/1 only. */
export async function startHttp2(metadata: ModuleMetadata): Promise<Http2Application> {
  @Module(metadata)
  class RootModule {}
  const adapter = new FastifyAdapter({ http2: true });
  const app = await NestFactory.create(RootModule, adapter, { logger: false, abortOnError: false });
  running.push(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    app,
    port,
    connect() {
      const session = connect(`http://127.0.0.1:${port}`);
      sessions.push(session);
      return session;
    },
  };
}
