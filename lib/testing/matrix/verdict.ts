import type { ApiTokenRoute } from '../../audit/api-token-route.js';
import { handlerName } from '../../audit/describe-route.js';
import type { Rejection } from '../../request/rejection.js';
import type { Observation } from './request-watcher.js';

const CLIENT_ERROR = 400;
const SERVER_ERROR = 500;

/** How a verdict begins whose request was not stopped: its handler may have run. */
export const NOT_STOPPED = 'not stopped before the handler';

/** That `skipIf` keeps the guard from a request. */
export const SKIPPED = 'skipped by skipIf';

/** That the guard lets a token in whatever its policy. */
export const AUTHENTICATED = 'let in without a policy';

/** That the guard rejects a request for a reason that is none of the policy's. */
export function rejected(kind: Rejection['kind']): string {
  return `rejected: ${kind}`;
}

/** That the policy decides about an item or (null) a collection. */
export function decided(isAllowed: boolean, policyId: string, resourceId: string | null): string {
  const subject = resourceId === null ? policyId : `${policyId} ${resourceId}`;
  return `${isAllowed ? 'allowed' : 'denied'}: ${subject}`;
}

/**
 * What became of a request, in the words of {@link rejected} and {@link decided}: other words for what is never promised.
 *
 * @param route - The one that the request was for.
 * @param routes - All of the application's.
 */
export function verdictOf(
  observation: Observation,
  route: ApiTokenRoute,
  routes: readonly ApiTokenRoute[],
): string {
  const { status, isAuthorized, rejection, allowed, isSkipped, isLetIn } = observation;
  if (rejection !== null) {
    const verdict = rejectionVerdict(rejection);
    if (isLetIn) return `let in, though ${verdict}`;
    const isTold = status >= CLIENT_ERROR && (status < SERVER_ERROR || rejection.kind === 'unavailable');
    return isTold ? verdict : `${verdict}, but answered ${status}`;
  }
  if (!isLetIn && status < CLIENT_ERROR) return `${NOT_STOPPED}, and answered ${status}`;
  if (isSkipped) return SKIPPED;
  if (allowed !== null) return allowedVerdict(allowed, route, routes);
  if (isLetIn) return 'let in, and no policy was asked';
  return isAuthorized ? `passed on, and answered ${status}` : `answered ${status} before the policy guard`;
}

function rejectionVerdict(rejection: Rejection): string {
  if (rejection.kind !== 'policy-denied') return rejected(rejection.kind);
  const { policyId, resourceId } = rejection.decision;
  return decided(false, policyId, resourceId);
}

function allowedVerdict(
  { route: authorized, resourceId }: NonNullable<Observation['allowed']>,
  route: ApiTokenRoute,
  routes: readonly ApiTokenRoute[],
): string {
  const verdict = 'policyId' in authorized ? decided(true, authorized.policyId, resourceId) : AUTHENTICATED;
  if (authorized === route.policy) return verdict;
  const other = routes.find(({ policy }) => policy === authorized);
  return `${verdict}, as ${other === undefined ? 'another route' : handlerName(other)}`;
}
