import { parseTokenPolicy, type PolicyCatalogue, type TokenPolicy } from '../policy/index.js';
import { ApiTokenError } from './api-token.error.js';

/** The longest owner ID, in characters. */
const MAX_OWNER_ID = 255;
/** The longest note or reason, in characters. */
const MAX_TEXT = 1_000;

/** What a new token is given. */
export interface IssueApiTokenOptions {
  /** Whose token it is: take it from the session, never from a request's body. */
  readonly ownerId: string;
  /** What the token may do: an object or JSON text; `'full-access'` asks by name for a token without limits. */
  readonly policy: TokenPolicy | string;
  /** What the owner wrote about the token: at most 1,000 characters. Default empty. */
  readonly note?: string;
  /** From when on the token is refused. Default never. */
  readonly expiresAt?: Date | null;
}

/** The owner's ID, checked. */
export function checkOwnerId(ownerId: unknown): string {
  if (isStorableText(ownerId, MAX_OWNER_ID) && ownerId !== '') return ownerId;
  throw new ApiTokenError(
    'INVALID_OWNER_ID',
    'ownerId',
    `ownerId must be a string of 1 to ${MAX_OWNER_ID} characters: write String(user.id) where it is a number.`,
  );
}

/** A text that an owner or an administrator writes, checked. */
export function checkText(text: unknown, field: 'note' | 'reason'): string {
  if (isStorableText(text, MAX_TEXT)) return text;
  const code = field === 'note' ? 'INVALID_NOTE' : 'INVALID_REASON';
  throw new ApiTokenError(
    code,
    field,
    `${field} must be a string of at most ${MAX_TEXT} characters, without NUL.`,
  );
}

/** Whether every database gives a text back as it was: none keeps half a surrogate pair, and PostgreSQL no NUL. */
function isStorableText(text: unknown, maxLength: number): text is string {
  return typeof text === 'string' && text.length <= maxLength && text.isWellFormed() && !text.includes('\0');
}

/** The expiry, checked: a date in the future, or null. */
export function checkExpiry(expiresAt: unknown, nowMs: number): Date | null {
  if (expiresAt === null) return null;
  if (expiresAt instanceof Date && expiresAt.getTime() > nowMs) return new Date(expiresAt);
  throw new ApiTokenError(
    'INVALID_EXPIRY',
    'expiresAt',
    'expiresAt must be a Date in the future, or null for none.',
  );
}

/**
 * The policy to store, as JSON text.
 *
 * @throws {InvalidTokenPolicyError} With every problem of the document.
 * @throws {ApiTokenError} `EMPTY_POLICY`: `{}` means full access, which has to be asked for by name.
 */
export function checkPolicy(policy: unknown, catalogue: PolicyCatalogue): string {
  if (policy === 'full-access') return '{}';
  const parsed = parseTokenPolicy(policy, { catalogue });
  if (parsed.resources !== undefined) return JSON.stringify(parsed);
  throw new ApiTokenError(
    'EMPTY_POLICY',
    'policy',
    'An empty policy limits nothing. Write policy: \'full-access\' where that is meant, else add "resources".',
  );
}
