import type { ExecutionContext } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { ApiTokenEvents } from '../events/api-token-events.js';
import {
  type ApiTokenContextAdapter,
  type ApiTokenContexts,
  httpContextAdapter,
} from './api-token-context-adapter.js';
import { checkedAdapter } from './application-callbacks.js';

/** How requests are read, and their responses written, by the type of their context. */
export class RequestContexts {
  // Own keys of a Map: a context type is not looked up among what objects inherit.
  readonly #contexts = new Map<string, ApiTokenContextAdapter | 'deny' | 'skip'>([
    ['http', httpContextAdapter],
  ]);
  // This stands on each request: whoever inspects one shall not be shown the server, with its other requests.
  readonly #host: HttpAdapterHost;

  constructor(contexts: ApiTokenContexts, events: ApiTokenEvents, host: HttpAdapterHost) {
    for (const [type, adapter] of Object.entries(contexts)) {
      this.#contexts.set(type, typeof adapter === 'object' ? checkedAdapter(adapter, events) : adapter);
    }
    this.#host = host;
  }

  /** The adapter for a context, or what to do without one. Undefined where the application says nothing: deny. */
  of(type: string): ApiTokenContextAdapter | 'deny' | 'skip' | undefined {
    return this.#contexts.get(type);
  }

  /**
   * Keeps the response to a request out of shared caches, unless the application has said how it may be cached. They keep
   * answers to requests with Authorization apart by themselves, but not with other headers (RFC 9111 §3.5).
   */
  keepFromSharedCaches(context: ExecutionContext): void {
    if (context.getType() !== 'http') return;
    const response = context.getArgByIndex<unknown>(1);
    const written: unknown = this.#host.httpAdapter.getHeader?.(response, 'Cache-Control');
    if (written === undefined) this.setHeaders(context, { 'Cache-Control': 'private' });
  }

  /** Sets headers of the response to a request, where there is one. */
  setHeaders(context: ExecutionContext, headers: Readonly<Record<string, string>>): void {
    if (context.getType() !== 'http') return;
    const response = context.getArgByIndex<unknown>(1);
    for (const [name, value] of Object.entries(headers)) {
      this.#host.httpAdapter.setHeader?.(response, name, value);
    }
  }
}
