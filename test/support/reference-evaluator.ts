interface Section {
  allow?: readonly string[];
  block?: readonly string[];
}
type Resources = Record<string, Record<string, unknown> | undefined>;
type Policy = { resources?: unknown };

const COMMON = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** djblets' rule, written down once more, slowly and without looking at the library. */
export function referenceAllows(
  policy: Policy,
  policyId: string,
  method: string,
  resourceId: string | null,
): boolean {
  return decided(policy, policyId, method, resourceId)?.allowed ?? true;
}

/** The same with the two facts of HTTP that the library folds in. */
export function referenceHttpAllows(
  policy: Policy,
  policyId: string,
  method: string,
  resourceId: string | null,
): boolean {
  const decision = decided(policy, policyId, method, resourceId);
  if (!(decision?.allowed ?? true)) return false;
  const isLiteral = decision?.isLiteral ?? false;
  if (method === 'HEAD') return isLiteral || referenceAllows(policy, policyId, 'GET', resourceId);
  return isLiteral || COMMON.includes(method);
}

function decided(
  policy: Policy,
  policyId: string,
  method: string,
  resourceId: string | null,
): { allowed: boolean; isLiteral: boolean } | null {
  const resources = (own(policy, 'resources') ?? {}) as Resources;
  const resource = policyId === '*' ? undefined : own(resources, policyId);
  const sections = [
    resourceId === null || resourceId === '*' ? undefined : own(resource, resourceId),
    own(resource, '*'),
    own(resources, '*'),
  ] as (Section | undefined)[];
  for (const section of sections) {
    const allow = section?.allow ?? [];
    const block = section?.block ?? [];
    if (block.includes(method)) return { allowed: false, isLiteral: true };
    if (allow.includes(method)) return { allowed: true, isLiteral: true };
    if (block.includes('*')) return { allowed: false, isLiteral: false };
    if (allow.includes('*')) return { allowed: true, isLiteral: false };
  }
  return null;
}

function own<T>(object: Record<string, T> | undefined, key: string): T | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}
