import { Injectable, Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

/** Nest's hooks at the end of an application, in their order. Requests are still served before the last. */
export type EndHook = 'onModuleDestroy' | 'beforeApplicationShutdown' | 'onApplicationShutdown';

/** Something that has to be done before any other module ends. */
export type EndListener = (hook: EndHook) => Promise<void>;

/**
 * Calls a listener in each of the hooks at the end of an application, before the hook of any other module: a database
 * connection may be closed in any of them.
 */
@Injectable()
export class ApplicationEnd {
  #listener: EndListener | null = null;
  readonly #reached = new Set<EndHook>();

  listen(listener: EndListener): void {
    this.#listener = listener;
  }

  async reach(hook: EndHook): Promise<void> {
    if (this.#reached.has(hook)) return;
    this.#reached.add(hook);
    await this.#listener?.(hook);
  }
}

abstract class EndHooks {
  constructor(private readonly end: ApplicationEnd) {}

  onModuleDestroy(): Promise<void> {
    return this.end.reach('onModuleDestroy');
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.end.reach('beforeApplicationShutdown');
  }

  onApplicationShutdown(): Promise<void> {
    return this.end.reach('onApplicationShutdown');
  }
}

/** Ends first on Nest 10 and 11, which end the modules that are farthest from the root first, and global ones before. */
@Module({ providers: [ApplicationEnd], exports: [ApplicationEnd] })
export class FarthestModule extends EndHooks {
  constructor(end: ApplicationEnd, modules: ModulesContainer) {
    super(end);
    moveTo(Infinity, FarthestModule, modules);
  }
}

/** Ends first on Nest 12, which goes the other way. */
@Module({ imports: [FarthestModule], exports: [FarthestModule] })
export class NearestModule extends EndHooks {
  constructor(end: ApplicationEnd, modules: ModulesContainer) {
    super(end);
    moveTo(-Infinity, NearestModule, modules);
  }
}

/** Nest has no other way to say which module comes first: imports don't order global modules. */
function moveTo(distance: number, type: object, modules: ModulesContainer): void {
  for (const module of modules.values()) if (module.metatype === type) module.distance = distance;
}
