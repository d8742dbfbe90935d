import { ACCESS_METADATA, setRouteMetadata, type TokenAccess } from '../routes/metadata.js';
import { checkArguments, matching } from '../utils/option-rules.js';

const tokenAccess = matching(
  (value) => typeof value === 'boolean' || value === 'authenticated',
  "true, false or 'authenticated'",
);

/**
 * Which API tokens reach a controller or a route. `true`: those whose policy allows it. `false`: none, not even one with
 * full access, for the routes that manage tokens, passwords and the like. `'authenticated'`: every valid one, and no policy
 * is asked, for what a token may always know, such as whose it is. On a method it replaces the class's value.
 *
 * A request without a token is treated as `requests.credentials` says, whatever stands here.
 *
 * @example
 * ```ts
 * @ApiTokenAccess(false)
 * @Controller('account')
 * class AccountController {
 *   @ApiTokenAccess('authenticated')
 *   @Get('whoami')
 *   whoami(@CurrentApiToken() token: ApiToken | undefined) {
 *     return { tokenId: token?.id, ownerId: token?.ownerId };
 *   }
 * }
 * ```
 *
 * @param given - Default `true`.
 * @throws {ApiTokenConfigurationError} Where what is given is something else.
 */
export function ApiTokenAccess(...given: readonly [access?: TokenAccess]): ClassDecorator & MethodDecorator {
  // Said and undefined is not left out: a setting that is missing must not open a route.
  const [access] = given.length === 0 ? [true] : given;
  checkArguments('@ApiTokenAccess()', { access: tokenAccess }, { access });
  return setRouteMetadata(ACCESS_METADATA, access);
}
