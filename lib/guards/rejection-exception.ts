import type { Rejection } from '../request/rejection.js';
import type { PolicyDecision } from '../policy/index.js';
import type { ApiTokenException } from '../exceptions/api-token.exception.js';
import {
  AmbiguousCredentialsException,
  ApiTokenRequiredException,
  ApiTokenUnavailableException,
  InvalidApiTokenException,
  PermissionDeniedException,
  ResourceIdNotCanonicalException,
} from '../exceptions/api-token-exceptions.js';

/**
 * The exception that tells a client of a rejection.
 *
 * @param explain - Whether a denial names the rule that made it.
 */
export function rejectionException(rejection: Rejection, explain: boolean): ApiTokenException {
  switch (rejection.kind) {
    case 'credential-missing':
      return new ApiTokenRequiredException();
    case 'credential-ambiguous':
      return new AmbiguousCredentialsException();
    case 'token-rejected':
      return new InvalidApiTokenException();
    case 'unavailable':
      return new ApiTokenUnavailableException();
    case 'resource-id-not-canonical':
      return new ResourceIdNotCanonicalException(rejection.param);
    case 'context-unsupported':
      return new PermissionDeniedException(
        `API tokens are not accepted in a context of the type ${JSON.stringify(rejection.contextType)}`,
      );
    case 'route-unknown':
      return new PermissionDeniedException('API tokens may not be used on a route that is not known');
    case 'route-closed':
      return new PermissionDeniedException('API tokens may not be used on this route');
    case 'route-misconfigured':
      return new PermissionDeniedException(
        'API tokens may not be used on this route until it is set up for them',
      );
    case 'method-mismatch':
      return new PermissionDeniedException('The request method is not the one this route is declared for');
    case 'policy-unusable':
      return new PermissionDeniedException(
        'The policy stored with this API token is damaged, so that it allows nothing: replace the policy or the token',
        rejection.decision,
      );
    case 'policy-denied':
      return policyDenied(rejection.decision, explain);
  }
}

function policyDenied(decision: PolicyDecision, explain: boolean): PermissionDeniedException {
  const { method, policyId, resourceId, rule, trail } = decision;
  // The same words whether the item exists or not, and whether it is this one or all: only the rule tells.
  const about = resourceId === null ? policyId : `this ${policyId}`;
  const message = `The policy of this API token does not allow ${method} on ${about}`;
  const details = explain ? { rule: rule?.pointer ?? null, trail } : {};
  return new PermissionDeniedException(message, decision, details);
}
