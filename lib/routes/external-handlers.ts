import type { ExternalContextCreator } from '@nestjs/core';
import type { RouteHandler } from './route-handler.js';
import type { HandlerClass, HandlerMethod } from './metadata.js';
import { classMethods } from './class-methods.js';
import { type GuardDetector, isMarked, messageHandler } from './message-handlers.js';

/** These are found by what their decorators leave. */
const KNOWN_TYPES: readonly unknown[] = ['http', 'rpc', 'ws', 'graphql'];

interface External {
  readonly controller: HandlerClass;
  readonly methodName: string;
  readonly context: string;
  readonly areGuardsRun: boolean;
}

/**
 * The handlers that other libraries have Nest call: of webhooks, queues and bots. Each library has decorators and a type of
 * context of its own, and says which only where it asks Nest for a function to call.
 */
export class ExternalHandlers {
  readonly #externals = new Map<HandlerMethod, External>();

  /** @param creator - Of the application. What is asked of it is noted from now on, and answered by itself. */
  constructor(
    creator: ExternalContextCreator,
    private readonly isGuarded: GuardDetector,
  ) {
    const create: unknown = Reflect.get(creator, 'create');
    if (typeof create !== 'function') return;
    const note = this.#note.bind(this);
    Reflect.set(creator, 'create', function (this: unknown, ...args: unknown[]): unknown {
      note(args);
      return Reflect.apply(create, this, args);
    });
  }

  /** Every handler that was asked for until now. */
  get all(): RouteHandler[] {
    return [...this.#externals.values()].flatMap(({ controller, methodName, context, areGuardsRun }) => {
      const found = classMethods(controller).find((method) => method.methodName === methodName);
      if (found === undefined || (!areGuardsRun && !isMarked(found.method, this.isGuarded))) return [];
      const handler = messageHandler(found, context);
      return [areGuardsRun ? handler : { ...handler, isBeyondGuards: true }];
    });
  }

  #note([instance, , methodName, , , , , options, context]: unknown[]): void {
    const isExternal = typeof context === 'string' && !KNOWN_TYPES.includes(context);
    if (!isExternal || typeof methodName !== 'string' || typeof instance !== 'object' || instance === null)
      return;
    const controller = instance.constructor as HandlerClass;
    const method: unknown = Reflect.get(controller.prototype as object, methodName);
    if (typeof method !== 'function') return;
    const areGuardsRun = (options as { readonly guards?: boolean } | undefined)?.guards ?? true;
    this.#externals.set(method as HandlerMethod, { controller, methodName, context, areGuardsRun });
  }
}
