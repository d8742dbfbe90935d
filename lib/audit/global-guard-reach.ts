import { ApplicationConfig, type HttpAdapterHost } from '@nestjs/core';
import type { RouteHandler } from '../routes/route-handler.js';

/** To which handlers Nest binds the global guards of an application. */
export class GlobalGuardReach {
  constructor(private readonly host: HttpAdapterHost) {}

  includes(context: RouteHandler['context']): boolean {
    switch (context) {
      // A microservice that is connected to an HTTP application has global guards of its own, or the application's with
      // inheritAppConfig; it is not told which.
      case 'rpc':
        return !this.host.httpAdapter;
      // Gateways have global guards since Nest 12, which this method came with.
      case 'ws':
        return 'getRouteConflictPolicy' in ApplicationConfig.prototype;
      default:
        return true;
    }
  }
}
