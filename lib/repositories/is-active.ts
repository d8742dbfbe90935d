import type { StoredApiToken } from './api-token-record.js';

/** Whether a token counts against its owner's quota at a time: it is neither invalidated nor expired. */
export function isActive({ expiresAt, invalidatedAt }: StoredApiToken, at: Date): boolean {
  return invalidatedAt === null && (expiresAt === null || expiresAt > at);
}
