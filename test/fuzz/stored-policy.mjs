import { COMMON_METHODS } from './tokens.mjs';

/** Whether a text that lies in the store as a policy allows an access. What is no policy allows nothing. */
export function storedTextAllows(text, { policyId, method, id }) {
  let policy;
  try {
    policy = JSON.parse(text);
  } catch {
    return false;
  }
  if (!isObject(policy)) return false;
  const resources = own(policy, 'resources');
  if (resources === undefined) return true;
  if (!isObject(resources)) return false;
  const sections = own(resources, policyId);
  if (sections !== undefined && !isObject(sections)) return false;
  const places = [id === null ? undefined : own(sections, id), own(sections, '*'), own(resources, '*')];
  const decision = decided(places, method);
  if (decision !== '*') return decision !== null;
  // HEAD runs the handler of GET: allowed only with it, or where it is named.
  return method === 'HEAD' ? decided(places, 'GET') !== null : COMMON_METHODS.includes(method);
}

/** By what a method is allowed, its own name or `*`; null where it is not. */
function decided(places, method) {
  for (const place of places) {
    if (place === undefined) continue;
    if (!isObject(place)) return null;
    const [allow, block] = ['allow', 'block'].map((list) => own(place, list) ?? []);
    if (!Array.isArray(allow) || !Array.isArray(block)) return null;
    for (const wanted of [method, '*']) {
      if (block.includes(wanted)) return null;
      if (allow.includes(wanted)) return wanted;
    }
  }
  return '*';
}

function own(object, key) {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
