import type { ApiTokenFormat } from '../secrets/api-token-format.js';
import type { ApiTokenRequest } from './api-token-context-adapter.js';

/** What a request brings to authenticate with. */
export type Credential =
  /** Nothing that claims to be an API token. */
  | { readonly kind: 'none' }
  /** More than one that may be meant. */
  | { readonly kind: 'ambiguous' }
  | {
      readonly kind: 'secret';
      readonly secret: string;
      /** The header it stood in, lower-case. */
      readonly field: string;
    };

const NONE: Credential = { kind: 'none' };
const AMBIGUOUS: Credential = { kind: 'ambiguous' };

/**
 * The schemes of Authorization that carry API tokens: RFC 6750's, and Review Board's. Case-insensitive (RFC 9110 §11.1),
 * followed by one or more spaces (§11.4). Another white space stays in the secret, so that it is rejected and not trimmed
 * into validity.
 */
const SCHEME = /^(?:bearer|token)(?=\s) */i;

const USUAL_SCHEME = 'Bearer ';
const SPACE = 0x20;
const DELETE = 0x7f;

/** How many header fields Node keeps of a request where its server does not say. */
const MAX_HEADERS_COUNT = 1_000;

/**
 * Finds the API token of a request: in Authorization where it is written like one, or in one of the configured headers.
 * Never in the query string, which ends up in logs.
 */
export function readCredential(
  { headers, maxHeadersCount, rawHeaders }: ApiTokenRequest,
  formats: readonly ApiTokenFormat[],
  headerNames: readonly string[],
): Credential {
  if (rawHeaders !== undefined && mayLackFields(rawHeaders, maxHeadersCount)) return AMBIGUOUS;
  // Node keeps the first of two Authorization fields silently: a proxy in front may have authorized by the second.
  if (rawHeaders !== undefined && count(rawHeaders, 'authorization', 'Authorization') > 1) return AMBIGUOUS;
  let credential = NONE;
  const authorization = headers['authorization'];
  if (typeof authorization === 'string') credential = fromAuthorization(authorization, formats);
  else if (authorization !== undefined) return AMBIGUOUS;
  for (const name of headerNames) {
    const value = headers[name];
    if (value === undefined) continue;
    if (credential !== NONE || typeof value !== 'string') return AMBIGUOUS;
    if (rawHeaders !== undefined && count(rawHeaders, name, name) > 1) return AMBIGUOUS;
    credential = { kind: 'secret', secret: value, field: name };
  }
  return credential;
}

/** Whether Node may have kept the first fields only, and said nothing of the rest, where another credential may stand. */
function mayLackFields(
  rawHeaders: readonly string[],
  maxHeadersCount: ApiTokenRequest['maxHeadersCount'],
): boolean {
  // As Node computes it: 0 and less is no limit.
  const kept = (maxHeadersCount ?? MAX_HEADERS_COUNT) << 1;
  return kept > 0 && rawHeaders.length >= kept;
}

function fromAuthorization(value: string, formats: readonly ApiTokenFormat[]): Credential {
  const secret = secretAfterScheme(value);
  if (secret === undefined) return NONE;
  const written = startsVisibly(secret) ? secret : secret.trimStart();
  for (const format of formats) {
    if (format.claims(written)) return { kind: 'secret', secret, field: 'authorization' };
  }
  return NONE;
}

/** Whether there is no white space to trim: asked first, as trimming takes 40 ns where there is none either. */
function startsVisibly(secret: string): boolean {
  const first = secret.charCodeAt(0);
  return first > SPACE && first < DELETE;
}

function secretAfterScheme(value: string): string | undefined {
  // As most clients write it: 45 ns less than the pattern takes.
  if (value.startsWith(USUAL_SCHEME) && value.charCodeAt(USUAL_SCHEME.length) > SPACE) {
    return value.slice(USUAL_SCHEME.length);
  }
  const scheme = SCHEME.exec(value);
  return scheme === null ? undefined : value.slice(scheme[0].length);
}

/**
 * How often a field stands among those of a request.
 *
 * @param usual - How most clients spell its name: compared first, as a name in lower case has to be made (40 ns).
 */
function count(rawHeaders: readonly string[], name: string, usual: string): number {
  let found = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const given = rawHeaders[index]!;
    if (given.length === name.length && (given === usual || given.toLowerCase() === name)) found += 1;
  }
  return found;
}
