import { AccessControl } from 'accesscontrol';
import { mapPlaces, placeOf, resolvedPlaces } from './places.mjs';

const ROLE = 'token';

/**
 * accesscontrol with a resource per listed item. Its denials always win, so the policy is resolved beforehand and only
 * grants are left.
 */
export class AccessControlGrants {
  constructor(policy) {
    const grants = {};
    this.names = mapPlaces(resolvedPlaces(policy), (methods, policyId, resourceId) => {
      // Names are of letters, digits, "_" and "-".
      const name = [policyId ?? 'unlisted', resourceId].filter((part) => part !== null).join('-');
      grants[name] = Object.fromEntries(methods.map((method) => [method, [{ attributes: ['*'] }]]));
      return name;
    });
    this.control = new AccessControl({ [ROLE]: grants }).lock();
  }

  allows(policyId, method, resourceId) {
    const name = placeOf(this.names, policyId, resourceId);
    return this.control.can(ROLE).do(method, name).granted;
  }
}
