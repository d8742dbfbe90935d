import type { ModuleMetadata, Type } from '@nestjs/common';
import type { ApiTokenModuleOptions, TokenPolicy } from 'nestjs-api-token';
import { reviewServer } from './review-server.js';

/** A server with the guard bound to all of it, and with controllers of a test's own. */
export function withControllers(
  controllers: Type[],
  overrides: Partial<ApiTokenModuleOptions> = {},
): ModuleMetadata {
  return { ...reviewServer(overrides), controllers };
}

/** A policy that blocks all of a resource, or one item of it. */
export function blocked(policyId: string, resourceId = '*'): TokenPolicy {
  return { resources: { [policyId]: { [resourceId]: { block: ['*'] } } } };
}
