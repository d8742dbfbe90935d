/**
 * Every request method a policy may name: the 35 of Node's `http.METHODS`. Written out because this room also runs
 * where there is no Node.
 */
export const HTTP_METHODS = [
  'ACL',
  'BIND',
  'CHECKOUT',
  'CONNECT',
  'COPY',
  'DELETE',
  'GET',
  'HEAD',
  'LINK',
  'LOCK',
  'M-SEARCH',
  'MERGE',
  'MKACTIVITY',
  'MKCALENDAR',
  'MKCOL',
  'MOVE',
  'NOTIFY',
  'OPTIONS',
  'PATCH',
  'POST',
  'PROPFIND',
  'PROPPATCH',
  'PURGE',
  'PUT',
  'QUERY',
  'REBIND',
  'REPORT',
  'SEARCH',
  'SOURCE',
  'SUBSCRIBE',
  'TRACE',
  'UNBIND',
  'UNLINK',
  'UNLOCK',
  'UNSUBSCRIBE',
] as const;

/** A request method, upper case (RFC 9110 §9.1: methods are case-sensitive). */
export type HttpMethod = (typeof HTTP_METHODS)[number];

/**
 * The methods that `*` covers in `'http'` mode. Any other has to be named: `@All()` answers 35 methods on Express, and
 * a policy's author who wrote `*` thought of these.
 */
export const COMMON_METHODS = [
  'GET',
  'HEAD',
  'OPTIONS',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
] as const satisfies readonly HttpMethod[];
