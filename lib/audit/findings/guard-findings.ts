import { POLICY_ID_METADATA, RECHECK_METADATA, routeMetadata } from '../../http/metadata.js';
import { isDecorated, overriddenMethods } from '../../http/lost-decorators.js';
import type { ApiTokenRoute } from '../api-token-route.js';
import type { AuditFinding } from '../audit-finding.js';
import { type AuditedOptions, resolveAuditOptions } from '../audit-options.js';
import { isPolicyGuardOn } from '../bound-guards.js';
import { describeRoute, handlerMethod } from '../describe-route.js';

const BIND =
  'Bind it: @UseGuards(ApiTokenPolicyGuard) on the class, or for the whole application ' +
  '{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }';

/** A route that the policy guard is not bound to, or not to all that Nest calls for it, though its decorators say so. */
export function guardFindings(route: ApiTokenRoute, options: AuditedOptions = {}): AuditFinding[] {
  const { guard, policy } = route;
  if (policy.kind === 'skipped') return [];
  return guard === 'missing' ? missingGuard(route, options) : lostParts(route);
}

/** The routes of a class that the policy guard is not bound to, where others of the class have it on their methods. */
export function partlyGuardedClasses(
  routes: readonly ApiTokenRoute[],
  options: AuditedOptions,
): AuditFinding[] {
  const guarded = new Set(
    routes.filter(({ guard }) => guard === 'bound').map(({ controller }) => controller),
  );
  const message =
    'the policy guard is not bound to it, though it is bound to other methods of the class, so that everybody gets in. ' +
    'Bind it to the class, or mark what needs none with @SkipApiTokenPolicy().';
  return routes
    .filter(
      ({ controller, guard, policy }) =>
        guard === 'missing' && policy.kind !== 'skipped' && guarded.has(controller),
    )
    .filter((route) => guardFindings(route, options).length === 0)
    .map((route) => ({
      severity: 'warning',
      code: 'METHODS_WITHOUT_GUARD',
      handler: describeRoute(route),
      message,
    }));
}

function missingGuard(route: ApiTokenRoute, { audit }: AuditedOptions): AuditFinding[] {
  const { controller, handler: methodName, policy } = route;
  const method = handlerMethod(route);
  const found = { severity: 'error', handler: describeRoute(route) } as const;
  const { compositeGuards } = resolveAuditOptions(audit);
  if (isPolicyGuardOn(method, compositeGuards)) {
    const message =
      'its guard is on the method, and the instance has another function in its place, such as a bound one, of which Nest ' +
      `asks for guards. ${BIND}.`;
    return [{ ...found, code: 'INSTANCE_LOST_GUARD', message }];
  }
  const overridden = overriddenMethods({ controller, method, methodName });
  if (overridden.some((target) => isPolicyGuardOn(target, compositeGuards))) {
    const message = `it overrides a method that has the policy guard, which it does not inherit. ${BIND}.`;
    return [{ ...found, code: 'OVERRIDE_LOST_GUARD', message }];
  }
  const elsewhere =
    'A guard of yours that asks the policy guard counts where Nest gives it ApiTokenPolicyGuard; write ' +
    'audit: { compositeGuards: [ThatGuard] } in ApiTokenModule.forRoot() where it comes by it in another way. Mark what ' +
    'needs none with @SkipApiTokenPolicy().';
  if (policy.kind !== 'closed' && routeMetadata(POLICY_ID_METADATA, controller, method) !== undefined) {
    const message = `it has a policy ID, but no policy guard, so that no policy is asked. ${BIND}. ${elsewhere}`;
    return [{ ...found, code: 'POLICY_ID_WITHOUT_GUARD', message }];
  }
  if (!isDecorated({ controller, method, methodName })) return [];
  const message =
    'it has a decorator of API tokens, but no policy guard, so that the decorator has no effect. A decorator above ' +
    `@UseGuards() may have replaced the method by a function without its metadata. ${BIND}. ${elsewhere}`;
  return [{ ...found, code: 'DECORATED_WITHOUT_GUARD', message }];
}

/** What a guarded route loses where Nest calls something else than the method that is decorated. */
function lostParts(route: ApiTokenRoute): AuditFinding[] {
  const handler = describeRoute(route);
  const isRechecked = (target: object): boolean => Reflect.hasMetadata(RECHECK_METADATA, target);
  if (isRechecked(handlerMethod(route)) && !route.functions.every(isRechecked)) {
    const message =
      'its @RecheckApiToken() is on the method, and the instance has another function in its place, such as a bound one, of ' +
      'which Nest asks for interceptors. Write @RecheckApiToken() on the class.';
    return [{ severity: 'error', code: 'INSTANCE_LOST_RECHECK', handler, message }];
  }
  if (!route.mayLoseGuard) return [];
  const message =
    'its guard is on the method of a controller that is made for each request. Where its constructor binds the method, Nest ' +
    'does not see that guard, and the audit can not tell. Bind the guard to the class.';
  return [{ severity: 'warning', code: 'METHOD_GUARD_OF_REQUEST_SCOPE', handler, message }];
}
