import type { StoredApiToken } from '../tokens/api-token-record.js';

/**
 * Whether a store answered a question for an ID with that token. A column for UUIDs also finds one that is written in
 * other case or without hyphens.
 */
export function isTokenOf(id: string, token: StoredApiToken): boolean {
  return typeof token.id === 'string' && foldedId(token.id) === foldedId(id);
}

/** Whether a token expires within a time and is not revoked. */
export function isExpiring({ expiresAt, revokedAt }: StoredApiToken, from: Date, until: Date): boolean {
  return revokedAt === null && expiresAt !== null && expiresAt > from && expiresAt <= until;
}

function foldedId(id: string): string {
  return id.toLowerCase().replaceAll('-', '');
}
