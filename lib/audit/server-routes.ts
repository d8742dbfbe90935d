import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { expressLayers, expressRoutes } from './express-routes.js';
import { FastifyRoutes, isFastify } from './fastify-routes.js';
import type { ServerRoute } from './server-route.js';

/** Every route of the HTTP server, a controller's or not. */
@Injectable()
export class ServerRoutes {
  #fastify: FastifyRoutes | null = null;
  #earlier: ReadonlySet<object> = new Set();

  constructor(private readonly host: HttpAdapterHost) {}

  /** Looks at the server before Nest registers controllers and middleware: what it has by then is neither. */
  beforeControllers(): void {
    const server = this.#server;
    if (isFastify(server)) this.#fastify = new FastifyRoutes(server);
    else this.#earlier = new Set(expressLayers(server));
  }

  /** The routes that are registered by now. */
  get all(): readonly ServerRoute[] {
    return this.#fastify?.all ?? expressRoutes(this.#server, this.#earlier);
  }

  /** Tells of the routes that are registered after now: those of Fastify's plugins, before the server listens. */
  onLater(listener: (routes: readonly ServerRoute[]) => void): void {
    this.#fastify?.onLater(listener);
  }

  get #server(): unknown {
    return this.host.httpAdapter?.getInstance?.();
  }
}
