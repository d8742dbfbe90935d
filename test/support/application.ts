import 'reflect-metadata';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from '@jest/globals';
import { type INestApplication, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

/** Both platforms: whatever is shown on one is shown on the other. */
export const PLATFORMS = ['Express', 'Fastify'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** A running application and a client that sends exactly what it is told. */
export interface RunningApplication {
  readonly app: INestApplication;
  /** @param headers - Names and values in turn, sent as they are. */
  send(method: string, path: string, headers?: readonly string[], body?: unknown): Promise<Reply>;
}

const running: INestApplication[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

/** Makes an application that is closed after the test. */
export async function createApplication(
  platform: Platform,
  metadata: ModuleMetadata,
): Promise<INestApplication> {
  @Module(metadata)
  class RootModule {}
  const adapter = platform === 'Express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(RootModule, adapter, { logger: false, abortOnError: false });
  running.push(app);
  return app;
}

/** Starts an application on a free port. */
export async function startApplication(
  platform: Platform,
  metadata: ModuleMetadata,
  configure: (app: INestApplication) => void = () => undefined,
): Promise<RunningApplication> {
  const app = await createApplication(platform, metadata);
  configure(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, send: (...request) => send(port, ...request) };
}

/** An Authorization header for {@link RunningApplication.send}. */
export function bearer(secret: string): string[] {
  return ['Authorization', `Bearer ${secret}`];
}

function send(
  port: number,
  method: string,
  path: string,
  headers: readonly string[] = [],
  body?: unknown,
): Promise<Reply> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const content =
    payload === undefined
      ? ['Content-Length', '0']
      : ['Content-Type', 'application/json', 'Content-Length', String(Buffer.byteLength(payload))];
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: ['Host', `127.0.0.1:${port}`, 'Connection', 'close', ...content, ...headers],
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) });
        });
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(payload);
  });
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
