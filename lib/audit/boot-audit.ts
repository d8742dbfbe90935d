import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { ApiTokenPolicyCatalogue } from './api-token-policy-catalogue.js';
import { ApiTokenAuditError, type AuditFinding } from './audit-finding.js';
import { type AuditedOptions, resolveAuditOptions } from './audit-options.js';
import { contextFindings } from './findings/context-findings.js';
import { guardFindings } from './findings/guard-findings.js';
import { outsideRoutes } from './findings/outside-routes.js';
import { policyFindings } from './findings/policy-findings.js';
import { sharedPolicyIds } from './findings/shared-policy-ids.js';
import { routeTable } from './route-table.js';
import type { ServerRoutes } from './server-routes.js';

/** Reads every route of the application before the first request and reports what can't be judged as meant. */
export class BootAudit implements OnApplicationBootstrap {
  private readonly logger = new Logger('ApiTokenModule');

  constructor(
    private readonly catalogue: ApiTokenPolicyCatalogue,
    private readonly server: ServerRoutes,
    private readonly options: () => AuditedOptions,
  ) {}

  /**
   * Logs the routes, once, and what is to be mended.
   *
   * @throws {ApiTokenAuditError} With the errors, unless the audit's level is `'warn'`; with the warnings too if it is `'strict'`.
   */
  onApplicationBootstrap(): void {
    const { routes } = this.catalogue;
    const options = this.options();
    this.logger.log(routeTable(routes));
    this.#report([
      ...routes.flatMap((route) => [
        ...guardFindings(route),
        ...policyFindings(route, options),
        ...contextFindings(route, options),
      ]),
      ...sharedPolicyIds(routes),
      ...outsideRoutes(this.server.all, routes),
    ]);
    this.server.onLater((later) => this.#report(outsideRoutes(later, routes)));
  }

  #report(findings: readonly AuditFinding[]): void {
    const { level } = resolveAuditOptions(this.options().audit);
    const isFatal = ({ severity }: AuditFinding): boolean =>
      severity === 'error' ? level !== 'warn' : level === 'strict';
    for (const finding of findings.filter((found) => !isFatal(found))) this.#log(finding);
    const fatal = findings.filter(isFatal);
    if (fatal.length > 0) throw new ApiTokenAuditError(fatal);
  }

  #log({ severity, handler, message }: AuditFinding): void {
    const line = `${handler}: ${message}`;
    if (severity === 'error') this.logger.error(line);
    else this.logger.warn(line);
  }
}
