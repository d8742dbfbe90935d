import type { DiscoveryService } from '@nestjs/core';
import type { RouteHandler } from '../http/handler.js';
import type { HandlerClass } from '../http/metadata.js';
import { classMethods } from './application-handlers.js';

/** A handler that no HTTP request reaches directly. */
export interface MessageHandler extends Pick<RouteHandler, 'controller' | 'method' | 'methodName'> {
  /** What `ExecutionContext.getType()` says in it. */
  readonly context: 'rpc' | 'ws' | 'graphql';
}

/** What the decorators of @nestjs/microservices, /websockets and /graphql leave on a method. */
const CONTEXTS: readonly (readonly [key: string, context: MessageHandler['context']])[] = [
  ['microservices:pattern', 'rpc'],
  ['websockets:message_mapping', 'ws'],
  ['graphql:resolver_type', 'graphql'],
];

/** Every handler of messages, in controllers, gateways and resolvers. */
export function messageHandlers(discovery: DiscoveryService): MessageHandler[] {
  const classes = new Set(
    [...discovery.getControllers(), ...discovery.getProviders()]
      .map(({ metatype }) => metatype)
      .filter((type): type is HandlerClass => typeof type === 'function' && type.prototype !== undefined),
  );
  return [...classes].flatMap((type) =>
    classMethods(type).flatMap((found) => {
      const context = CONTEXTS.find(([key]) => Reflect.hasMetadata(key, found.method))?.[1];
      return context === undefined ? [] : [{ ...found, context }];
    }),
  );
}
