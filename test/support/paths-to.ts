import { types } from 'node:util';

/**
 * The paths on which texts are reached from an object: by properties of any kind, through lists, Maps and Sets. What
 * is reached so can be logged, whatever the logger.
 */
export function pathsTo(root: unknown, texts: readonly string[]): string[] {
  const seen = new Set<unknown>();
  const found: string[] = [];
  const waiting: [path: string, value: unknown][] = [['', root]];
  for (const [path, value] of waiting) {
    const text = types.isUint8Array(value) ? Buffer.from(value).toString('latin1') : value;
    if (typeof text === 'string' && texts.some((wanted) => text.includes(wanted))) found.push(path);
    if (!(value instanceof Object || Object(value) === value) || seen.has(value)) continue;
    seen.add(value);
    if (!types.isUint8Array(value)) waiting.push(...contents(value as object, path));
  }
  return found;
}

function* contents(value: object, path: string): Generator<[path: string, value: unknown]> {
  for (const key of Reflect.ownKeys(value)) {
    const property = Reflect.getOwnPropertyDescriptor(value, key);
    if (property !== undefined && 'value' in property) yield [`${path}.${String(key)}`, property.value];
  }
  if (types.isProxy(value)) return;
  if (types.isMap(value)) for (const [key, element] of value) yield [`${path}<>`, [key, element]];
  if (types.isSet(value)) for (const element of value) yield [`${path}<>`, element];
}
