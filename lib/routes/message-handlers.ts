import type { DiscoveryService } from '@nestjs/core';
import type { RouteHandler } from './route-handler.js';
import {
  ACCESS_METADATA,
  type HandlerClass,
  POLICY_ID_METADATA,
  RECHECK_METADATA,
  SKIP_METADATA,
} from './metadata.js';
import { classMethods } from './class-methods.js';

/** Whether the policy guard is bound to a class or a method. */
export type GuardDetector = (target: object) => boolean;

type FoundMethod = ReturnType<typeof classMethods>[number];

const RESOLVER_TYPE = 'graphql:resolver_type';

/** What the decorators of @nestjs/microservices, /websockets and /graphql leave on a method. */
const CONTEXTS: readonly (readonly [key: string, context: RouteHandler['context']])[] = [
  ['microservices:pattern', 'rpc'],
  ['websockets:message_mapping', 'ws'],
  [RESOLVER_TYPE, 'graphql'],
];

/** What `@ResolveField()` and `@ResolveReference()` leave on a method. */
const FIELDS = ['graphql:resolve_property', 'graphql:resolve_reference'];
const ROOT_TYPES: readonly unknown[] = ['Query', 'Mutation', 'Subscription'];
/** How a type of a union or an interface is told: no guards run for it, whatever the options. */
const RESOLVE_TYPE = '__resolveType';

const MARKS = [POLICY_ID_METADATA, ACCESS_METADATA, SKIP_METADATA, RECHECK_METADATA];

/** Every handler of messages, in controllers, gateways and resolvers. */
export function messageHandlers(discovery: DiscoveryService, isGuarded: GuardDetector): RouteHandler[] {
  const classes = new Set(
    [...discovery.getControllers(), ...discovery.getProviders()]
      .map(({ metatype }) => metatype)
      .filter((type): type is HandlerClass => typeof type === 'function' && type.prototype !== undefined),
  );
  const areFieldsGuarded = runsGuardsOnFields(discovery);
  return [...classes].flatMap((type) => handlersOf(type, areFieldsGuarded, isGuarded));
}

function handlersOf(type: HandlerClass, areFieldsGuarded: boolean, isGuarded: GuardDetector): RouteHandler[] {
  const methods = classMethods(type);
  const handlers = methods.flatMap((found) => {
    const context = CONTEXTS.find(([key]) => Reflect.hasMetadata(key, found.method))?.[1];
    return context === undefined ? [] : [messageHandler(found, context)];
  });
  const fields = methods.filter(
    ({ method, methodName }) =>
      methodName !== RESOLVE_TYPE &&
      !Reflect.hasMetadata(RESOLVER_TYPE, method) &&
      FIELDS.some((key) => Reflect.hasMetadata(key, method)),
  );
  if (areFieldsGuarded || ROOT_TYPES.includes(Reflect.getMetadata(RESOLVER_TYPE, type))) {
    return [...handlers, ...fields.map((found) => messageHandler(found, 'graphql'))];
  }
  // The decorators of a class are for its other handlers, where it has some.
  const isMeantForFields = handlers.length === 0 && isMarked(type, isGuarded);
  return [
    ...handlers,
    ...fields
      .filter(({ method }) => isMeantForFields || isMarked(method, isGuarded))
      .map((found) => ({ ...messageHandler(found, 'graphql'), isBeyondGuards: true })),
  ];
}

/** A handler of messages, whose class has a name that follows no rule. */
export function messageHandler(found: FoundMethod, context: RouteHandler['context']): RouteHandler {
  return { ...found, context, paths: [], ownPaths: [], versions: [], hasNamesake: true };
}

/** Whether a class or a method has a decorator of this package, or its guard. */
export function isMarked(target: object, isGuarded: GuardDetector): boolean {
  return MARKS.some((key) => Reflect.hasMetadata(key, target)) || isGuarded(target);
}

/** Whether Nest runs guards on the fields of GraphQL types: not by itself. */
function runsGuardsOnFields(discovery: DiscoveryService): boolean {
  const modules = discovery.getProviders().filter(({ token }) => token === 'GqlModuleOptions');
  // Which resolvers belong to which module can't be told, where there are several.
  return modules.length > 0 && modules.every(({ instance }) => enhancersOf(instance).includes('guards'));
}

function enhancersOf(options: unknown): readonly unknown[] {
  const enhancers: unknown =
    typeof options === 'object' && options !== null ? Reflect.get(options, 'fieldResolverEnhancers') : null;
  return Array.isArray(enhancers) ? enhancers : [];
}
