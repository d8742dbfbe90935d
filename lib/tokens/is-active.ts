import type { StoredApiToken } from './api-token-record.js';

/** Whether a token counts against its owner's quota at a time: it is neither revoked nor expired. */
export function isActive({ expiresAt, revokedAt }: StoredApiToken, at: Date): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > at);
}
