import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { expressRoutes } from './express-routes.js';
import { fastifyRoutes } from './fastify-routes.js';
import type { ServerRoute } from './server-route.js';

/** Every route of the HTTP server, a controller's or not. Made before routes are registered: Fastify tells of them then. */
@Injectable()
export class ServerRoutes {
  readonly #registered: () => readonly ServerRoute[];

  constructor(host: HttpAdapterHost) {
    // None in a microservice, and none yet where a test makes the application of a compiled module.
    const server: unknown = host.httpAdapter?.getInstance?.();
    this.#registered = fastifyRoutes(server) ?? (() => expressRoutes(host.httpAdapter?.getInstance?.()));
  }

  get all(): readonly ServerRoute[] {
    return this.#registered();
  }
}
