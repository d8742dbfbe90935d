import { ApplicationConfig, type ModuleRef } from '@nestjs/core';

/**
 * What was set on the application: global prefix, versioning, global guards. Nest injects it nowhere, so it is read off
 * the container that every `ModuleRef` holds; where a later Nest hides it, nothing counts as set.
 */
export function applicationConfiguration(moduleRef: ModuleRef): ApplicationConfig {
  const container: unknown = Reflect.get(moduleRef, 'container');
  const configuration: unknown = isObject(container)
    ? Reflect.get(container, 'applicationConfig')
    : undefined;
  return configuration instanceof ApplicationConfig ? configuration : new ApplicationConfig();
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
