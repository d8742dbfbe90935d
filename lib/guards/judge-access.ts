import type { ApiTokenRequest } from '../http/api-token-context-adapter.js';
import type { Refusal } from '../http/refusal.js';
import type { RequestSlot } from '../http/request-slot.js';
import type { GuardedRoute, ItemPolicy } from '../http/route-policy.js';
import { canonicalResourceId } from '../policy/index.js';
import type { ApiTokenGuardServices } from './api-token-guard-services.js';

/** Whether the token on a request may do what the request asks of its route: null, or why not. */
export function judgeAccess(
  services: ApiTokenGuardServices,
  route: GuardedRoute,
  request: ApiTokenRequest,
  slot: RequestSlot,
): Refusal | null {
  if (route.kind === 'closed') return { kind: 'route-closed' };
  if (route.kind === 'unsettled') return { kind: 'route-unsettled', problems: route.problems };

  const { declaredMethod, policyId } = route;
  const { method } = request;
  if (declaredMethod !== null && declaredMethod !== method && !isHeadOfGet(method, declaredMethod)) {
    return { kind: 'method-mismatch', method, declaredMethod };
  }

  const resourceId = route.kind === 'item' ? resourceIdOf(route, request) : null;
  if (route.kind === 'item' && resourceId === null) {
    return { kind: 'resource-id-not-canonical', policyId, param: route.param };
  }

  const { allowed, token } = slot;
  if (allowed?.route === route && allowed.method === method && allowed.resourceId === resourceId) return null;
  const policy = services.evaluator.compiled(token);
  if (policy.allows(policyId, method, resourceId)) {
    slot.allowed = { route, method, resourceId };
    return null;
  }
  const decision = policy.decide(policyId, method, resourceId);
  services.events.raise({ type: 'denied', decision, tokenId: token.id, ownerId: token.ownerId });
  return { kind: token.policy === null ? 'policy-unusable' : 'policy-denied', decision };
}

/** Nest serves HEAD with the GET handler. */
function isHeadOfGet(method: string, declaredMethod: string): boolean {
  return method === 'HEAD' && declaredMethod === 'GET';
}

function resourceIdOf({ param, canonicaliser }: ItemPolicy, { params }: ApiTokenRequest): string | null {
  const given = params[param];
  // Outside HTTP an ID may be a number. As text it has one form, which `int` knows.
  const raw = typeof given === 'number' && canonicaliser === 'int' ? String(given) : given;
  if (typeof raw !== 'string' || raw === '') return null;
  const resourceId: unknown = canonicalResourceId(canonicaliser, raw);
  return typeof resourceId === 'string' ? resourceId : null;
}
