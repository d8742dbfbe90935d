/** Reads the document anew for each decision, section by section, as djblets does. */
export class Interpreter {
  constructor(policy) {
    this.resources = policy.resources;
  }

  allows(policyId, method, resourceId) {
    const resource = own(this.resources, policyId);
    const item = resource !== undefined && resourceId !== null ? own(resource, resourceId) : undefined;
    return (
      this.#authorize(item, method) ??
      this.#authorize(resource && own(resource, '*'), method) ??
      this.#authorize(own(this.resources, '*'), method) ??
      true
    );
  }

  #authorize(section, method) {
    if (section === undefined) return undefined;
    const { allow, block } = section;
    if (block?.includes(method)) return false;
    if (allow?.includes(method)) return true;
    if (block?.includes('*')) return false;
    if (allow?.includes('*')) return true;
    return undefined;
  }
}

function own(object, key) {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
