import { ACCESS_METADATA, setRouteMetadata } from '../routes/metadata.js';
import { checkArguments, flag } from '../utils/option-rules.js';

/**
 * Whether API tokens reach a controller or a route at all. `@ApiTokenAccess(false)` denies every token, one with full
 * access too: for the routes that manage tokens, passwords and the like. On a method it replaces the class's value.
 *
 * @example
 * ```ts
 * @ApiTokenAccess(false)
 * @Controller('account')
 * class AccountController {}
 * ```
 *
 * @throws {ApiTokenConfigurationError} Where what is given is not true or false.
 */
export function ApiTokenAccess(...given: readonly [allowed?: boolean]): ClassDecorator & MethodDecorator {
  // Said and undefined is not left out: a setting that is missing must not open a route.
  const [allowed] = given.length === 0 ? [true] : given;
  checkArguments('@ApiTokenAccess()', { allowed: flag }, { allowed });
  return setRouteMetadata(ACCESS_METADATA, allowed);
}
