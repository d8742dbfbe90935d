import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { readsNoParameter } from '../routes/bound-canonicalizer.js';
import { getApiToken } from '../request/request-state.js';

/**
 * The token that a request or a message came with, as a handler's parameter: an {@link ApiToken}, or undefined where it came without.
 *
 * @example
 * ```ts
 * @Get()
 * list(@CurrentApiToken() token: ApiToken | undefined) {}
 * ```
 */
export const CurrentApiToken = createParamDecorator(
  readsNoParameter((_data: unknown, context: ExecutionContext) => getApiToken(context)),
);
