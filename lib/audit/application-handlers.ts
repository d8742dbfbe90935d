import { type DiscoveryService, MetadataScanner, type ModulesContainer } from '@nestjs/core';
import type { RouteHandler } from '../http/handler.js';
import type { HandlerClass, HandlerMethod } from '../http/metadata.js';
import { joinedPaths } from '../http/path-parameters.js';

type Paths = string | readonly string[] | undefined;

/** Every handler of an application's controllers. */
export function applicationHandlers(discovery: DiscoveryService, modules: ModulesContainer): RouteHandler[] {
  const prefixes = controllerPrefixes(discovery, modules);
  const names = [...prefixes.keys()].map(({ name }) => name);
  return [...prefixes].flatMap(([controller, modulePaths]) => {
    const hasNamesake = names.filter((name) => name === controller.name).length > 1;
    const controllerPaths = Reflect.getMetadata('path', controller) as Paths;
    return routeMethods(controller).map(([methodName, method]) => {
      const paths = joinedPaths(modulePaths, controllerPaths, Reflect.getMetadata('path', method) as Paths);
      return { controller, method, methodName, paths: paths.map((path) => path || '/'), hasNamesake };
    });
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

function routeMethods(controller: HandlerClass): [string, HandlerMethod][] {
  const prototype = controller.prototype as Record<string, unknown>;
  return new MetadataScanner()
    .getAllMethodNames(prototype)
    .map((name) => [name, prototype[name] as HandlerMethod] as [string, HandlerMethod])
    .filter(([, method]) => Reflect.hasMetadata('path', method));
}
