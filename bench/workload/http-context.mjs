/** What a guard is called with, made without a server. */

/** The same methods as Nest's own context, which its packages do not export from their root. */
export class HttpContext {
  constructor(args, controller, handler) {
    this.args = args;
    this.controller = controller;
    this.handler = handler;
  }
  getType() {
    return 'http';
  }
  getClass() {
    return this.controller;
  }
  getHandler() {
    return this.handler;
  }
  getArgs() {
    return this.args;
  }
  getArgByIndex(index) {
    return this.args[index];
  }
  switchToHttp() {
    return Object.assign(this, {
      getRequest: () => this.getArgByIndex(0),
      getResponse: () => this.getArgByIndex(1),
      getNext: () => this.getArgByIndex(2),
    });
  }
}

/**
 * What Express hands over for a request of a command-line client behind a proxy.
 *
 * @param {string} path
 * @param {string} id The path's parameter.
 * @param {readonly string[]} authorizations The values of its Authorization fields.
 */
export function makeRequest(path, id, authorizations) {
  const rawHeaders = [
    ['Host', 'api.example.com'],
    ['User-Agent', 'client/4.2.1 (linux; x64)'],
    ['Accept', 'application/json'],
    ['Accept-Encoding', 'gzip, br'],
    ...authorizations.map((authorization) => ['Authorization', authorization]),
    ['X-Forwarded-For', '203.0.113.7'],
    ['X-Request-Id', '0192f0c1-7b1a-7cc3-98c4-dc0c0c07398f'],
    ['Connection', 'keep-alive'],
  ].flatMap((field) => field.map(asFromSocket));
  const headers = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    // Node keeps the first of two fields, if they are named like these.
    headers[rawHeaders[index].toLowerCase()] ??= rawHeaders[index + 1];
  }
  return { method: 'GET', url: `${path}/${id}`, headers, rawHeaders, params: { id: asFromSocket(id) } };
}

/** Through bytes: a flat string that nobody has hashed yet. */
function asFromSocket(text) {
  return Buffer.from(text).toString('latin1');
}

/** For guards that set headers when they reject, as Express's adapter does. */
const RESPONSE = { set() {} };

/** A context of a handler with one path parameter. */
export function makeContext({ controller, handler, path }, id, authorizations) {
  const request = makeRequest(path, id, authorizations);
  return new HttpContext([request, { ...RESPONSE }, () => {}], controller, handler);
}
