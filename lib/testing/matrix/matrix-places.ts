import { type VersioningOptions, VersioningType } from '@nestjs/common';
import type { ApiTokenRoute } from '../../audit/api-token-route.js';
import { COMMON_METHODS } from '../../policy/index.js';

/** One way to ask for a route. */
export interface MatrixPlace {
  readonly route: ApiTokenRoute;
  readonly method: string;
  /** The path as it is declared, with its parameters. */
  readonly pattern: string;
  /** What names the host, and the version where no path does. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Not among the methods that `*` means in policies. `@All()` takes it on Express, and on Fastify in every version. */
const UNCOMMON_METHOD = 'TRACE';

/**
 * Every path of the routes, with every host, method and version: those that only read come first.
 *
 * @param exampleOf - A host as a request names it, where its controller declares one with parameters.
 */
export function matrixPlaces(
  routes: readonly ApiTokenRoute[],
  versioning: VersioningOptions | undefined,
  exampleOf: (host: string) => string,
): MatrixPlace[] {
  const places = routes.flatMap((route) => {
    const headers = hostHeaders(route, exampleOf).flatMap((host) =>
      versionHeaders(route, versioning).map((version) => ({ ...host, ...version })),
    );
    return route.paths.flatMap((pattern) =>
      methodsOf(route).flatMap((method) =>
        headers.map((each) => ({ route, method, pattern, headers: each })),
      ),
    );
  });
  const isReading = ({ method }: MatrixPlace): boolean => method === 'GET' || method === 'HEAD';
  return [...places.filter(isReading), ...places.filter((place) => !isReading(place))];
}

function methodsOf({ method }: ApiTokenRoute): readonly string[] {
  switch (method) {
    case null:
      return [];
    case 'ALL':
      return [...COMMON_METHODS, UNCOMMON_METHOD];
    case 'GET':
      return ['GET', 'HEAD'];
    default:
      return [method];
  }
}

/** None where a host is told by a RegExp alone: `headers` of the options names one. */
function hostHeaders(
  { controller }: ApiTokenRoute,
  exampleOf: (host: string) => string,
): readonly MatrixPlace['headers'][] {
  const declared: unknown = Reflect.getMetadata('host', controller);
  const hosts = [declared].flat().filter((host) => typeof host === 'string');
  return hosts.length === 0 ? [{}] : hosts.map((host) => ({ host: exampleOf(host) }));
}

function versionHeaders(
  { versions }: ApiTokenRoute,
  versioning: VersioningOptions | undefined,
): readonly MatrixPlace['headers'][] {
  if (versions.length === 0) return [{}];
  switch (versioning?.type) {
    case VersioningType.HEADER:
      return versions.map((version) => ({ [versioning.header.toLowerCase()]: version }));
    case VersioningType.MEDIA_TYPE:
      return versions.map((version) => ({ accept: `application/json;${versioning.key}${version}` }));
    default:
      return [{}];
  }
}
