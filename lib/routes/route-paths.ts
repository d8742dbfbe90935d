import { RequestMethod, VersioningType } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import type { RouteHandler } from './route-handler.js';
import type { HandlerClass, HandlerMethod } from './metadata.js';
import { joinedPaths } from './path-parameters.js';

/** Joins the paths of a handler as Nest does: global prefix, version of the URI, module, controller, method. */
export function routePaths(
  configuration: ApplicationConfig,
  controller: HandlerClass,
  method: HandlerMethod,
  modulePaths: readonly string[],
): Pick<RouteHandler, 'paths' | 'ownPaths' | 'versions'> {
  const versions = versionsOf(configuration, controller, method);
  const paths = joinedPaths(modulePaths, declaredPaths(controller), declaredPaths(method)).flatMap((path) =>
    joinedPaths(globalPrefix(configuration, path, method), versionPrefixes(configuration, versions), path),
  );
  return {
    paths: paths.map((path) => path || '/'),
    ownPaths: joinedPaths(declaredPaths(controller), declaredPaths(method)),
    versions: versions.filter((version) => typeof version === 'string'),
  };
}

function declaredPaths(target: object): string | readonly string[] | undefined {
  return Reflect.getMetadata('path', target) as string | readonly string[] | undefined;
}

type Version = string | symbol;

function versionsOf(
  configuration: ApplicationConfig,
  controller: HandlerClass,
  method: HandlerMethod,
): readonly Version[] {
  const versioning = configuration.getVersioning();
  if (versioning === undefined) return [];
  const declared: unknown =
    Reflect.getMetadata('__version__', method) ??
    Reflect.getMetadata('__version__', controller) ??
    versioning.defaultVersion ??
    [];
  return [declared].flat() as Version[];
}

function versionPrefixes(configuration: ApplicationConfig, versions: readonly Version[]): string[] {
  const versioning = configuration.getVersioning();
  if (versioning?.type !== VersioningType.URI || versions.length === 0) return [''];
  const prefix = versioning.prefix === false ? '' : (versioning.prefix ?? 'v');
  // A symbol is VERSION_NEUTRAL, which leaves the version out of the path.
  return versions.map((version) => (typeof version === 'string' ? `${prefix}${version}` : ''));
}

function globalPrefix(configuration: ApplicationConfig, path: string, method: HandlerMethod): string {
  const { exclude = [] } = configuration.getGlobalPrefixOptions();
  const requestMethod = Reflect.getMetadata('method', method) as RequestMethod | undefined;
  const isExcluded = exclude.some(
    (excluded) =>
      (excluded.requestMethod === RequestMethod.ALL || excluded.requestMethod === requestMethod) &&
      excluded.pathRegex.test(path || '/'),
  );
  return isExcluded ? '' : configuration.getGlobalPrefix();
}
