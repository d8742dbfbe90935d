import { type VersioningOptions, VersioningType } from '@nestjs/common';
import type { ApiTokenRoute } from '../../audit/api-token-route.js';
import { COMMON_METHODS } from '../../policy/index.js';

/** One way to ask for a route. */
export interface MatrixPlace {
  readonly route: ApiTokenRoute;
  readonly method: string;
  /** The path as it is declared, with its parameters. */
  readonly pattern: string;
  /** What names the version, where no path does. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Not among the methods that `*` means in policies. `@All()` takes it on Express, and on Fastify in every version. */
const UNCOMMON_METHOD = 'TRACE';

/** Every path of the routes, with every method and version: those that only read come first. */
export function matrixPlaces(
  routes: readonly ApiTokenRoute[],
  versioning: VersioningOptions | undefined,
): MatrixPlace[] {
  const places = routes.flatMap((route) =>
    route.paths.flatMap((pattern) =>
      methodsOf(route).flatMap((method) =>
        versionHeaders(route, versioning).map((headers) => ({ route, method, pattern, headers })),
      ),
    ),
  );
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
