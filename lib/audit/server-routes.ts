import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { expressRoutes } from './express-routes.js';
import { FastifyRoutes, isFastify } from './fastify-routes.js';
import type { ServerRoute } from './server-route.js';

/** Every route of the HTTP server, a controller's or not. Made before routes are registered: Fastify tells of them then. */
@Injectable()
export class ServerRoutes {
  readonly #fastify: FastifyRoutes | null;

  constructor(private readonly host: HttpAdapterHost) {
    // None in a microservice, and none yet where a test makes the application of a compiled module.
    const server: unknown = host.httpAdapter?.getInstance?.();
    this.#fastify = isFastify(server) ? new FastifyRoutes(server) : null;
  }

  /** The routes that are registered by now. */
  get all(): readonly ServerRoute[] {
    return this.#fastify?.all ?? expressRoutes(this.host.httpAdapter?.getInstance?.());
  }

  /** Tells of the routes that are registered after now: those of Fastify's plugins, before the server listens. */
  onLater(listener: (routes: readonly ServerRoute[]) => void): void {
    this.#fastify?.onLater(listener);
  }
}
