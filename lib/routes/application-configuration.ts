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

/** The pipes that run on the parameters of every handler: objects, and for those of request scope their classes. */
export function globalPipes(configuration: ApplicationConfig): readonly unknown[] {
  return [
    ...configuration.getGlobalPipes(),
    ...configuration.getGlobalRequestPipes().map(({ metatype }) => metatype as unknown),
  ];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
