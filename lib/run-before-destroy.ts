import type { DiscoveryService } from '@nestjs/core';

interface Destroyable {
  onModuleDestroy(): unknown;
}

/**
 * Runs a task before any provider of the application is destroyed. Nest has no hook for that: a connection pool may be ended
 * in the `onModuleDestroy` of any module, and the order of modules differs between versions of Nest.
 */
export function runBeforeDestroy(discovery: DiscoveryService, task: () => Promise<void>): void {
  const instances = [...discovery.getProviders(), ...discovery.getControllers()]
    // A provider of request scope has no instance of its own.
    .filter((wrapper) => wrapper.isDependencyTreeStatic())
    .map(({ instance }) => instance as unknown);
  for (const instance of new Set(instances.filter(isDestroyable))) {
    const destroy = instance.onModuleDestroy;
    // A frozen instance keeps its own hook.
    Reflect.defineProperty(instance, 'onModuleDestroy', {
      configurable: true,
      writable: true,
      value: async function (this: unknown, ...args: []): Promise<unknown> {
        await task();
        return Reflect.apply(destroy, this, args) as unknown;
      },
    });
  }
}

function isDestroyable(instance: unknown): instance is Destroyable {
  return (
    typeof instance === 'object' &&
    instance !== null &&
    typeof Reflect.get(instance, 'onModuleDestroy') === 'function'
  );
}
