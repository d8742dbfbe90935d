/**
 * An object without what somebody gave `Object.prototype`, as a merge of untrusted JSON may: that is no option and no
 * field. The object itself where nobody did.
 */
export function unpolluted<T extends object>(object: T): T {
  if (Object.keys(Object.prototype).length === 0) return object;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const name of memberNames(object)) copy[name] = Reflect.get(object, name);
  return copy as T;
}

/** The names of an object's members: its own, and of the classes that made it what they compute. */
export function memberNames(value: object): string[] {
  const names = new Set(Object.keys(value));
  for (
    let prototype: unknown = Object.getPrototypeOf(value);
    typeof prototype === 'object' && prototype !== null && Object.getPrototypeOf(prototype) !== null;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (get !== undefined) names.add(name);
    }
  }
  return [...names];
}
