/** The name and password that a person logs in with. */
export interface BasicCredentials {
  readonly name: string;
  readonly password: string;
}

const BASIC = /^Basic +([\w+/-]+=*)$/i;

/** Reads an Authorization header of HTTP Basic (RFC 7617); null where it is none. */
export function readBasicCredentials(authorization: string | undefined): BasicCredentials | null {
  const encoded = BASIC.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const decoded = Buffer.from(encoded, 'base64').toString();
  const colon = decoded.indexOf(':');
  // PostgreSQL fails a query that contains U+0000, and nobody's name does.
  if (colon === -1 || decoded.includes('\0')) return null;
  return { name: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}
