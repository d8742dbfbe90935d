import type { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { Observable } from 'rxjs';
import type { RouteHandler } from '../routes/route-handler.js';

/**
 * Which handlers of an application are served. Those of a command or a job, which `createApplicationContext()` makes,
 * are not; and its global guards are often bound where the server is started.
 */
export class ServedContexts {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly modules: ModulesContainer,
  ) {}

  includes(context: RouteHandler['context']): boolean {
    if (this.host.httpAdapter) return true;
    if (context === 'rpc' || context === 'ws') return this.#isPerhapsMicroservice();
    // What another library has asked Nest to call.
    return context !== 'http' && context !== 'graphql';
  }

  #isPerhapsMicroservice(): boolean {
    // Nest 10 keeps nowhere which microservices there are.
    if (!('getRpcTargetRegistry' in this.modules)) return true;
    const targets: Observable<unknown> = this.modules.getRpcTargetRegistry();
    let isOne = false;
    targets.subscribe(() => (isOne = true)).unsubscribe();
    return isOne;
  }
}
