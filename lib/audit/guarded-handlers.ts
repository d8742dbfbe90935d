import type { DiscoveryService } from '@nestjs/core';
import { ApiTokenPolicyGuard } from '../guards/api-token-policy.guard.js';
import type { RouteHandler } from '../http/handler.js';

/** Whether the policy guard is bound to the whole application with `APP_GUARD`. */
export function hasGlobalGuard(discovery: DiscoveryService): boolean {
  return discovery
    .getProviders()
    .some(({ name, instance }) => String(name).startsWith('APP_GUARD') && isPolicyGuard(instance));
}

/** Whether the policy guard is bound to a handler or its class with `@UseGuards`. */
export function hasOwnGuard({ controller, method }: RouteHandler): boolean {
  return [controller, method]
    .flatMap((target) => (Reflect.getMetadata('__guards__', target) ?? []) as unknown[])
    .some(isPolicyGuard);
}

function isPolicyGuard(guard: unknown): boolean {
  return (
    guard === ApiTokenPolicyGuard ||
    guard instanceof ApiTokenPolicyGuard ||
    (typeof guard === 'function' && guard.prototype instanceof ApiTokenPolicyGuard)
  );
}
