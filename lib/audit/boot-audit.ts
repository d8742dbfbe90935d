import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { RouteHandler } from '../http/handler.js';
import { RoutePolicies } from '../http/route-policies.js';
import { ApiTokenAuditError, type AuditFinding } from './audit-finding.js';
import { hasGlobalGuard, hasOwnGuard } from './guarded-handlers.js';
import { AuditOptions } from './audit-options.js';

/** Reads every route of the application before the first request and reports what can't be judged. */
@Injectable()
export class BootAudit implements OnApplicationBootstrap {
  private readonly logger = new Logger('ApiTokenModule');

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly routes: RoutePolicies,
    private readonly options: AuditOptions,
  ) {}

  /** @throws {ApiTokenAuditError} Where a route can't be judged, unless `strict` is false. */
  onApplicationBootstrap(): void {
    const findings = this.#findings();
    if (findings.length === 0) return;
    if (this.options.strict !== false) throw new ApiTokenAuditError(findings);
    for (const { handler, message } of findings) this.logger.error(`${handler}: ${message}`);
  }

  #findings(): AuditFinding[] {
    const isGuardGlobal = hasGlobalGuard(this.discovery);
    return this.routes.all.flatMap(({ handler, route }) => {
      if (route.kind !== 'unsettled' || !(isGuardGlobal || hasOwnGuard(handler))) return [];
      return route.problems.map(
        ({ message }) => ({ severity: 'error', handler: describe(handler), message }) as const,
      );
    });
  }
}

function describe({ controller, methodName, paths }: RouteHandler): string {
  return `${controller.name}.${methodName} (${paths.join(', ')})`;
}
