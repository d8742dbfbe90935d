import type { DiscoveryService, ExternalContextCreator, ModuleRef, ModulesContainer } from '@nestjs/core';
import { applicationConfiguration, globalPipes } from './application-configuration.js';
import { applicationHandlers } from './application-handlers.js';
import { ExternalHandlers } from './external-handlers.js';
import { HandlerFunctions, markHandler } from './handler-functions.js';
import type { GuardDetector } from './message-handlers.js';
import type { RouteHandler } from './route-handler.js';

/** Finds the handlers of an application. Made before its controllers, whatever its options wait for. */
export class HandlerDiscovery {
  readonly #external: ExternalHandlers;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly modules: ModulesContainer,
    private readonly moduleRef: ModuleRef,
    creator: ExternalContextCreator,
    private readonly isGuarded: GuardDetector,
  ) {
    this.#external = new ExternalHandlers(creator, isGuarded);
    // Before anything replaces a method by a function of its own, which has its metadata and not its identity.
    for (const { controller, method, methodName } of this.handlers())
      markHandler(method, controller, methodName);
  }

  /** Every handler, as far as the application is made. */
  handlers(): readonly RouteHandler[] {
    const configuration = applicationConfiguration(this.moduleRef);
    return applicationHandlers(this.discovery, this.modules, configuration, this.#external, this.isGuarded);
  }

  /** What instances have under the names of handlers. */
  functions(): HandlerFunctions {
    return new HandlerFunctions(this.discovery);
  }

  /** The pipes that run on the parameters of every handler. */
  globalPipes(): readonly unknown[] {
    return globalPipes(applicationConfiguration(this.moduleRef));
  }
}
