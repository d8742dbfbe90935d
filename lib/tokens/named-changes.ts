import type { ApiTokenChanges } from './api-token-store.js';

const CHANGEABLE = [
  'note',
  'policy',
  'metadata',
  'expiresAt',
  'pausedAt',
] as const satisfies readonly (keyof ApiTokenChanges)[];

/**
 * What changes name, and nothing else: whoever is called from JavaScript may be handed `undefined`, or a whole token.
 */
export function namedChanges(changes: ApiTokenChanges): ApiTokenChanges {
  return Object.fromEntries(
    CHANGEABLE.filter((name) => Object.hasOwn(changes, name) && changes[name] !== undefined).map((name) => [
      name,
      changes[name],
    ]),
  );
}
