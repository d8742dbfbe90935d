import { SetMetadata } from '@nestjs/common';
import { SKIP_METADATA } from '../http/metadata.js';

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
 */
export function SkipApiTokenPolicy(skip = true): ClassDecorator & MethodDecorator {
  return SetMetadata(SKIP_METADATA, skip);
}
