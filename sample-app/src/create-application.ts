import type { ServerResponse } from 'node:http';
import { type INestApplication, type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ApplicationModule } from './application.module.js';
import { InputPipe } from './http/input.pipe.js';
import type { Settings } from './settings.js';

/** Makes the server, ready to listen: its tables are there and hold the seeded data. */
export async function createApplication(
  settings: Settings,
  options: NestApplicationOptions = {},
): Promise<INestApplication> {
  const adapter = settings.platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(ApplicationModule.forRoot(settings), adapter, {
    abortOnError: false,
    ...options,
  });
  app.useGlobalPipes(new InputPipe());
  // What people have written, such as the note of a token, must not be taken for a page by a browser that guesses.
  app.use((_request: unknown, response: ServerResponse, next: () => void) => {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    next();
  });
  return app;
}
