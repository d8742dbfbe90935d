import { type ApplicationConfig, type DiscoveryService, type ModulesContainer } from '@nestjs/core';
import { derivedPolicyId } from './default-policy-id.js';
import type { RouteHandler } from './route-handler.js';
import type { HandlerClass } from './metadata.js';
import { classMethods } from './class-methods.js';
import type { ExternalHandlers } from './external-handlers.js';
import { type GuardDetector, messageHandlers } from './message-handlers.js';
import { routePaths } from './route-paths.js';

/** Every handler of an application: its controllers' routes, and the messages it takes. */
export function applicationHandlers(
  discovery: DiscoveryService,
  modules: ModulesContainer,
  configuration: ApplicationConfig,
  external: ExternalHandlers,
  isGuarded: GuardDetector,
): RouteHandler[] {
  return [
    ...httpHandlers(discovery, modules, configuration),
    ...messageHandlers(discovery, isGuarded),
    ...external.all,
  ];
}

function httpHandlers(
  discovery: DiscoveryService,
  modules: ModulesContainer,
  configuration: ApplicationConfig,
): RouteHandler[] {
  const prefixes = controllerPrefixes(discovery, modules);
  const derived = [...prefixes.keys()].map(derivedPolicyId);
  return [...prefixes].flatMap(([controller, modulePaths]) => {
    const policyId = derivedPolicyId(controller);
    const hasNamesake = derived.filter((other) => other === policyId).length > 1;
    return classMethods(controller)
      .filter(({ method }) => Reflect.hasMetadata('path', method))
      .map((found) => ({
        ...found,
        ...routePaths(configuration, controller, found.method, modulePaths),
        context: 'http' as const,
        hasNamesake,
      }));
  });
}

/** Every controller, with the paths that the RouterModule gives the modules it is in. */
function controllerPrefixes(
  discovery: DiscoveryService,
  modules: ModulesContainer,
): Map<HandlerClass, string[]> {
  const prefixes = new Map<HandlerClass, string[]>();
  for (const { metatype, host } of discovery.getControllers()) {
    if (typeof metatype !== 'function') continue;
    const controller = metatype as HandlerClass;
    const prefix = host === undefined ? undefined : modulePath(host.metatype, modules.applicationId);
    prefixes.set(controller, [...(prefixes.get(controller) ?? []), prefix ?? '']);
  }
  return prefixes;
}

function modulePath(module: object, applicationId: string): string | undefined {
  const key = '__module_path__';
  return (Reflect.getMetadata(key + applicationId, module) ?? Reflect.getMetadata(key, module)) as
    string | undefined;
}
