import { isDate } from 'node:util/types';
import type { ApiTokenSelector } from '../tokens/api-token-store.js';
import { ApiTokenError, type ApiTokenErrorCode } from '../tokens/api-token.error.js';
import { unpolluted } from '../policy/unpolluted.js';

/** The longest ID of an owner or an actor, in characters. */
const MAX_PERSON_ID = 255;
/** The longest note or reason, in characters. */
const MAX_TEXT = 1_000;
/** The largest metadata, in bytes of JSON text. */
const MAX_METADATA_BYTES = 4_096;
/** The longest token ID, in characters: that of a UUID. */
const MAX_TOKEN_ID = 36;
/** The longest part of a list. */
const MAX_LIMIT = 1_000;
/** The last time that every database can hold, and the ID of a token too. */
const MAX_TIME_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** The owner's ID, checked. */
export function checkOwnerId(ownerId: unknown, field = 'ownerId'): string {
  if (isPersonId(ownerId)) return ownerId;
  throw new ApiTokenError(
    'INVALID_OWNER_ID',
    field,
    `${field} must be a string of 1 to ${MAX_PERSON_ID} characters: write String(user.id) where it is a number.`,
  );
}

/** Who makes a change, checked: the member of its event, and none where nobody is named. */
export function checkActor(actor: unknown): { readonly actor?: string } {
  if (actor === undefined) return {};
  if (isPersonId(actor)) return { actor };
  throw new ApiTokenError(
    'INVALID_ACTOR',
    'actor',
    `actor must be a string of 1 to ${MAX_PERSON_ID} characters: write String(user.id) where it is a number, and leave it ` +
      'out where nobody is known.',
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

/** What the application keeps with a token, as JSON text. */
export function checkMetadata(metadata: unknown): string | null {
  if (metadata === null) return null;
  const text = isPlainObject(metadata) ? jsonText(metadata) : undefined;
  if (text !== undefined && Buffer.byteLength(text) <= MAX_METADATA_BYTES && isHarmlessObject(text)) {
    return text;
  }
  throw new ApiTokenError(
    'INVALID_METADATA',
    'metadata',
    `metadata must be an object of at most ${MAX_METADATA_BYTES} bytes as JSON without a key "__proto__", or null ` +
      'for none.',
  );
}

/** A date, checked. */
export function checkDate(date: unknown, field: string, code: ApiTokenErrorCode = 'INVALID_DATE'): Date {
  if (!isDate(date) || Number.isNaN(date.getTime())) {
    throw new ApiTokenError(code, field, `${field} must be a Date.`);
  }
  if (isStorableTime(date.getTime())) return new Date(date);
  throw new ApiTokenError(code, field, `${field} must be a Date of the years 1970 to 9999.`);
}

/** A date that is not in the future, checked. */
export function checkPast(date: unknown, field: string, nowMs: number): Date {
  const checked = checkDate(date, field);
  if (checked.getTime() <= nowMs) return checked;
  throw new ApiTokenError('INVALID_DATE', field, `${field} must not be in the future.`);
}

/** Whether every store can keep a time, in milliseconds since 1970. */
export function isStorableTime(timeMs: number): boolean {
  return timeMs >= 0 && timeMs <= MAX_TIME_MS;
}

/** Whether something may be the ID of a token: what is not, no store is asked for. */
export function isTokenId(id: unknown): id is string {
  return isStorableText(id, MAX_TOKEN_ID);
}

/** Where a page of a list begins, checked. */
export function checkAfter(after: unknown): string | null {
  if (after === null || isTokenId(after)) return after;
  throw new ApiTokenError(
    'INVALID_AFTER',
    'after',
    'after must be the ID of the last token of the page before.',
  );
}

/** The length of a list, checked. */
export function checkLimit(limit: unknown): number {
  if (typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new ApiTokenError('INVALID_LIMIT', 'limit', `limit must be a whole number from 1 to ${MAX_LIMIT}.`);
}

/** When a rotated secret ends that lives on for `graceMs`, checked. */
export function checkGrace(graceMs: unknown, nowMs: number): Date {
  if (typeof graceMs !== 'number' || !Number.isSafeInteger(graceMs) || graceMs < 0) {
    throw new ApiTokenError(
      'INVALID_GRACE',
      'graceMs',
      'graceMs must be a whole number of milliseconds, 0 to end the old secret at once.',
    );
  }
  if (isStorableTime(nowMs + graceMs)) return new Date(nowMs + graceMs);
  throw new ApiTokenError('INVALID_GRACE', 'graceMs', 'graceMs must end before the year 10000.');
}

/**
 * Whose tokens to end, checked: what is meant has to be said. A forgotten `owners` must not mean everybody.
 */
export function checkSelector(selector: unknown): ApiTokenSelector {
  const keys = isPlainObject(selector) ? Object.keys(selector) : [];
  if (isPlainObject(selector) && keys.length === 1) {
    const { owners, all } = unpolluted(selector);
    // A store may ask which of the two there is.
    if (all === true) return unpolluted({ all });
    if (Array.isArray(owners))
      return unpolluted({ owners: owners.map((owner: unknown) => checkOwnerId(owner, 'owners')) });
  }
  throw new ApiTokenError(
    'UNSAFE_SELECTOR',
    'selector',
    "Say whose tokens to end: { owners: ['...'] }, of whom there may be none, or { all: true }.",
  );
}

function isPersonId(id: unknown): id is string {
  return isStorableText(id, MAX_PERSON_ID) && id !== '';
}

/** Whether every database gives a text back as it was: none keeps half a surrogate pair, and PostgreSQL no NUL. */
function isStorableText(text: unknown, maxLength: number): text is string {
  return typeof text === 'string' && text.length <= maxLength && text.isWellFormed() && !text.includes('\0');
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether a JSON text is that of an object that can be copied: what copies the key `__proto__` is given another prototype.
 */
function isHarmlessObject(text: string): boolean {
  let isHarmless = true;
  const value: unknown = JSON.parse(text, (key, member: unknown) => {
    if (key === '__proto__') isHarmless = false;
    return member;
  });
  return isHarmless && isPlainObject(value);
}

/** Undefined for what has no JSON: a cycle, a BigInt, too many levels. */
function jsonText(value: object): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
