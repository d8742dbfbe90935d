import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { readsNoParameter } from '../http/bound-canonicaliser.js';
import { carrierOf } from '../http/message-carriers.js';
import { getApiToken } from '../http/request-slot.js';

/**
 * The token a request came with, as a handler's parameter: an {@link ApiToken}, or undefined where it came without.
 *
 * @example
 * ```ts
 * @Get()
 * list(@CurrentApiToken() token: ApiToken | undefined) {}
 * ```
 */
export const CurrentApiToken = createParamDecorator(
  readsNoParameter((_data: unknown, context: ExecutionContext) => getApiToken(carrierOf(context))),
);
