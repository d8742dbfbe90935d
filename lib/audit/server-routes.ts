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

  /** Tells of the routes when there will be no more: on Fastify before the server listens, on Express at once. */
  onComplete(listener: (routes: readonly ServerRoute[]) => void): void {
    if (this.#fastify !== null) this.#fastify.onComplete(listener);
    else listener(expressRoutes(this.#server, this.#earlier));
  }

  get #server(): unknown {
    return this.host.httpAdapter?.getInstance?.();
  }
}
