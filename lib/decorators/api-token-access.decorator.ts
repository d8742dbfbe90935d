import { SetMetadata } from '@nestjs/common';
import { ACCESS_METADATA } from '../http/metadata.js';

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
 */
export function ApiTokenAccess(allowed = true): ClassDecorator & MethodDecorator {
  return SetMetadata(ACCESS_METADATA, allowed);
}
