import type { DiscoveryService } from '@nestjs/core';
import type { RouteHandler } from '../http/handler.js';
import type { HandlerClass } from '../http/metadata.js';
import { classMethods } from './class-methods.js';

/** What the decorators of @nestjs/microservices, /websockets and /graphql leave on a method. */
const CONTEXTS: readonly (readonly [key: string, context: RouteHandler['context']])[] = [
  ['microservices:pattern', 'rpc'],
  ['websockets:message_mapping', 'ws'],
  ['graphql:resolver_type', 'graphql'],
];

/** Every handler of messages, in controllers, gateways and resolvers. */
export function messageHandlers(discovery: DiscoveryService): RouteHandler[] {
  const classes = new Set(
    [...discovery.getControllers(), ...discovery.getProviders()]
      .map(({ metatype }) => metatype)
      .filter((type): type is HandlerClass => typeof type === 'function' && type.prototype !== undefined),
  );
  return [...classes].flatMap((type) =>
    classMethods(type).flatMap((found) => {
      const context = CONTEXTS.find(([key]) => Reflect.hasMetadata(key, found.method))?.[1];
      // The names of these classes follow no rule, so that none makes a policy ID.
      return context === undefined
        ? []
        : [{ ...found, context, paths: [], ownPaths: [], versions: [], hasNamesake: true }];
    }),
  );
}
