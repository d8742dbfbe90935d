import { POLICY_ID_METADATA, RECHECK_METADATA, routeMetadata } from '../../routes/metadata.js';
import { isDecorated, overriddenMethods } from '../../routes/lost-decorators.js';
import type { ApiTokenRoute } from '../api-token-route.js';
import type { ApiTokenAuditFinding } from '../audit-finding.js';
import type { AuditedOptions } from '../audit-options.js';
import { guardsOn, isPolicyGuardOn } from '../bound-guards.js';
import { describeRoute, handlerMethod, handlerName } from '../describe-route.js';

const BIND =
  'Bind it: @UseGuards(ApiTokenPolicyGuard) on the class, or for the whole application ' +
  '{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }';

/** A route that the policy guard is not bound to, or not to all that Nest calls for it, though its decorators say so. */
export function guardFindings(route: ApiTokenRoute, options: AuditedOptions): ApiTokenAuditFinding[] {
  const { guard, policy } = route;
  if (policy.kind === 'skipped') return [];
  return guard === 'missing' ? missingGuard(route, options) : lostParts(route);
}

/** The routes of a class that the policy guard is not bound to, where others of the class have it on their methods. */
export function partlyGuardedClasses(
  routes: readonly ApiTokenRoute[],
  options: AuditedOptions,
): ApiTokenAuditFinding[] {
  return routes
    .filter(({ guard, policy }) => guard === 'missing' && policy.kind !== 'skipped')
    .filter((route) => guardFindings(route, options).length === 0)
    .flatMap((route) => {
      const guarded = routes.filter(
        ({ controller, guard }) => guard === 'bound' && controller === route.controller,
      );
      if (guarded.length === 0) return [];
      const message =
        `the policy guard is not bound to it, so that everybody gets in, though it is bound to ${guarded.map(handlerName).join(', ')}. ` +
        'Bind it to the class, and mark what needs none with @SkipApiTokenPolicy().';
      return [
        {
          severity: 'warning',
          code: 'GUARD_MISSING_BESIDE',
          handler: describeRoute(route),
          message,
        } as const,
      ];
    });
}

function missingGuard(route: ApiTokenRoute, { audit }: AuditedOptions): ApiTokenAuditFinding[] {
  const { controller, handler: methodName, policy } = route;
  const method = handlerMethod(route);
  const found = { severity: 'error', handler: describeRoute(route) } as const;
  const { compositeGuards } = audit;
  if (isPolicyGuardOn(method, compositeGuards)) {
    const message =
      'its guard is on the method, and the instance has another function in its place, such as a bound one, of which Nest ' +
      `asks for guards. ${BIND}.`;
    return [{ ...found, code: 'HANDLER_REPLACED', message }];
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
  const isPolicyMeant = policy.kind !== 'closed' && policy.kind !== 'authenticated';
  if (isPolicyMeant && routeMetadata(POLICY_ID_METADATA, controller, method) !== undefined) {
    const message = `it has a policy ID, but no policy guard, so that no policy is asked. ${BIND}. ${elsewhere}`;
    return [{ ...found, code: 'POLICY_ID_WITHOUT_GUARD', message }];
  }
  if (!isDecorated({ controller, method, methodName })) return [];
  const message =
    'it has a decorator of API tokens, but no policy guard, so that the decorator has no effect. A decorator above ' +
    `@UseGuards() may have replaced the method by a function without its metadata. ${BIND}. ${elsewhere}`;
  return [{ ...found, code: 'DECORATOR_WITHOUT_GUARD', message }];
}

/** What a guarded route loses where Nest calls something else than the method that is decorated. */
function lostParts(route: ApiTokenRoute): ApiTokenAuditFinding[] {
  const handler = describeRoute(route);
  const isRechecked = (target: object): boolean => Reflect.hasMetadata(RECHECK_METADATA, target);
  if (isRechecked(handlerMethod(route)) && !route.functions.every(isRechecked)) {
    const message =
      'its @RecheckApiToken() is on the method, and the instance has another function in its place, such as a bound one, of ' +
      'which Nest asks for interceptors. Write @RecheckApiToken() on the class.';
    return [{ severity: 'error', code: 'HANDLER_REPLACED', handler, message }];
  }
  if (!route.functions.every((called) => hasAll(guardsOn(handlerMethod(route)), guardsOn(called)))) {
    const message =
      'its guards are on the method, and the instance has another function in its place, such as a bound one, of which Nest ' +
      'asks for guards. Bind them to the class.';
    return [{ severity: 'error', code: 'HANDLER_REPLACED', handler, message }];
  }
  if (!route.mayLoseGuard) return [];
  const message =
    'its guard is on the method of a controller that is made for each request. Where its constructor binds the method, Nest ' +
    'does not see that guard, and the audit can not tell. Bind the guard to the class.';
  return [{ severity: 'warning', code: 'METHOD_GUARD_OF_REQUEST_SCOPE', handler, message }];
}

function hasAll(wanted: readonly unknown[], found: readonly unknown[]): boolean {
  return wanted.every((guard) => found.includes(guard));
}
