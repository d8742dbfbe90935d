import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { ApiTokenPolicyCatalog } from './api-token-policy-catalog.js';
import { ApiTokenAuditError, type ApiTokenAuditFinding, linesOf } from './audit-finding.js';
import type { AuditedOptions } from './audit-options.js';
import { contextFindings } from './findings/context-findings.js';
import { guardFindings, partlyGuardedClasses } from './findings/guard-findings.js';
import { outsideRoutes } from './findings/outside-routes.js';
import { policyFindings } from './findings/policy-findings.js';
import { sharedPolicyIds } from './findings/shared-policy-ids.js';
import { anonymousAccess, unguardedApplication } from './findings/unguarded-application.js';
import { routeTable } from './route-table.js';
import type { ServedContexts } from './served-contexts.js';
import type { ServerRoutes } from './server-routes.js';

/** Reads every route of the application before the first request and reports what can't be authorized as meant. */
export class BootAudit implements OnApplicationBootstrap {
  private readonly logger = new Logger('ApiTokenModule');

  constructor(
    private readonly catalog: ApiTokenPolicyCatalog,
    private readonly server: ServerRoutes,
    private readonly served: ServedContexts,
    private readonly options: AuditedOptions,
  ) {}

  /**
   * Logs the routes, once, and what is to be mended.
   *
   * @throws {ApiTokenAuditError} With the errors, unless the audit's level is `'warn'`; with the warnings too if it is `'strict'`.
   */
  onApplicationBootstrap(): void {
    this.catalog.complete();
    const routes = this.catalog.routes.filter(({ context }) => this.served.includes(context));
    const { options } = this;
    if (routes.length > 0) this.logger.log(routeTable(routes, options));
    this.#report([
      ...routes.flatMap((route) => [
        ...guardFindings(route, options),
        ...policyFindings(route, options),
        ...contextFindings(route, options),
        ...anonymousAccess(route, options),
      ]),
      ...partlyGuardedClasses(routes, options),
      ...unguardedApplication(routes, options),
      ...sharedPolicyIds(routes),
    ]);
    this.server.onComplete((all) => this.#report(outsideRoutes(all, routes, options.audit.outside)));
  }

  #report(findings: readonly ApiTokenAuditFinding[]): void {
    const { level } = this.options.audit;
    const isFatal = ({ severity }: ApiTokenAuditFinding): boolean =>
      severity === 'error' ? level !== 'warn' : level === 'strict';
    const bearable = findings.filter((finding) => !isFatal(finding));
    for (const line of linesOf(bearable.filter(({ severity }) => severity === 'error')))
      this.logger.error(line);
    for (const line of linesOf(bearable.filter(({ severity }) => severity === 'warning')))
      this.logger.warn(line);
    const fatal = findings.filter(isFatal);
    if (fatal.length > 0) throw new ApiTokenAuditError(fatal);
  }
}
