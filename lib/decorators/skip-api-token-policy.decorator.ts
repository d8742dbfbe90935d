import { SKIP_METADATA, setRouteMetadata } from '../routes/metadata.js';
import { checkArguments, flag } from '../utils/option-rules.js';

/**
 * Makes a controller or a route none of the guard's business: no credential is read and no policy is asked. For health
 * checks and the like. On a method it replaces the class's value.
 *
 * @example
 * ```ts
 * @SkipApiTokenPolicy()
 * @Get('health')
 * health() {}
 * ```
 *
 * @throws {ApiTokenConfigurationError} Where what is given is not true or false.
 */
export function SkipApiTokenPolicy(...given: readonly [skip?: boolean]): ClassDecorator & MethodDecorator {
  // Said and undefined is not left out: a setting that is missing must not open a route.
  const [skip] = given.length === 0 ? [true] : given;
  checkArguments('@SkipApiTokenPolicy()', { skip: flag }, { skip });
  return setRouteMetadata(SKIP_METADATA, skip);
}
