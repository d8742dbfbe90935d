interface Section {
  allow?: readonly string[];
  block?: readonly string[];
}
type Resources = Record<string, Record<string, unknown> | undefined>;

/** djblets' rule, written down once more, slowly and without looking at the library. */
export function referenceAllows(
  policy: { resources?: unknown },
  policyId: string,
  method: string,
  resourceId: string | null,
): boolean {
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
    if (block.includes(method)) return false;
    if (allow.includes(method)) return true;
    if (block.includes('*')) return false;
    if (allow.includes('*')) return true;
  }
  return true;
}

function own<T>(object: Record<string, T> | undefined, key: string): T | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}
