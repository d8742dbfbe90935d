import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { mapPlaces, placeOf, resolvedPlaces } from './places.mjs';

// In Cedar a forbid always wins, so policies are resolved beforehand and only permits are left.

/** Cedar with a policy per place. The items that nobody lists are members of the rest of their policy ID. */
export class CedarItems {
  constructor(policy) {
    const permits = [];
    this.parents = mapPlaces(resolvedPlaces(policy), (methods, policyId, resourceId) => {
      const isItem = resourceId !== null;
      const name = isItem ? `Item::"${policyId}/${resourceId}"` : `Rest::"${policyId ?? ''}"`;
      if (methods.length > 0) {
        permits.push(
          `permit(principal, action in ${actions(methods)}, resource ${isItem ? '==' : 'in'} ${name});`,
        );
      }
      return isItem ? [] : [{ type: 'Rest', id: policyId ?? '' }];
    });
    this.policySetId = parsed(permits);
  }

  allows(policyId, method, resourceId) {
    const uid = { type: 'Item', id: `${policyId}/${resourceId ?? ''}` };
    return isPermitted(this.policySetId, method, uid, placeOf(this.parents, policyId, resourceId));
  }
}

/** Cedar tuned: a policy per set of methods, and each place a member of the class that has it. */
export class CedarClasses {
  constructor(policy) {
    const classes = new Map();
    this.parents = mapPlaces(resolvedPlaces(policy), (methods) => {
      const id = methods.join(' ');
      classes.set(id, methods);
      return [{ type: 'Class', id }];
    });
    const permits = [...classes]
      .filter(([, methods]) => methods.length > 0)
      .map(
        ([id, methods]) => `permit(principal, action in ${actions(methods)}, resource in Class::"${id}");`,
      );
    this.policySetId = parsed(permits);
  }

  allows(policyId, method, resourceId) {
    const uid = { type: 'Item', id: `${policyId}/${resourceId ?? ''}` };
    return isPermitted(this.policySetId, method, uid, placeOf(this.parents, policyId, resourceId));
  }
}

let sets = 0;

/** Parsed once and kept on Cedar's side. */
function parsed(permits) {
  const policySetId = `set ${(sets += 1)}`;
  const answer = cedar.preparsePolicySet(policySetId, { staticPolicies: permits.join('\n') });
  if (answer.type !== 'success') throw new Error(JSON.stringify(answer));
  return policySetId;
}

function actions(methods) {
  return `[${methods.map((method) => `Action::"${method}"`).join(', ')}]`;
}

function isPermitted(preparsedPolicySetId, method, resource, parents) {
  const answer = cedar.statefulIsAuthorized({
    principal: { type: 'Token', id: 'token' },
    action: { type: 'Action', id: method },
    resource,
    context: {},
    preparsedPolicySetId,
    entities: [{ uid: resource, attrs: {}, parents }],
  });
  if (answer.type !== 'success') throw new Error(JSON.stringify(answer));
  return answer.response.decision === 'allow';
}
