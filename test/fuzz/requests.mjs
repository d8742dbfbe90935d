import { METHODS } from 'node:http';
import { TOKENS } from './tokens.mjs';

const NAMES = [
  '1',
  '42',
  '042',
  '+42',
  '-0',
  '42%00',
  '%34%32',
  '4%2F2',
  'open',
  'secret',
  'SECRET',
  '*',
  '%2A',
  '..',
  '__proto__',
  'constructor',
  '٤٢',
  '9007199254740993',
];
const SCHEMES = [
  'Bearer ',
  'bearer ',
  'token ',
  'TOKEN ',
  'Bearer  ',
  'Bearer\t',
  'Basic ',
  '',
  'Bearer',
  'Negotiate ',
];

/** Makes requests: most of them nearly right, so that they get far. */
export class RequestMaker {
  constructor(random, secrets) {
    this.random = random;
    this.secrets = secrets;
  }

  make() {
    const { random } = this;
    const kind = random.below(20);
    if (kind === 0) return this.#policy('POST');
    if (kind === 1) return this.#policy('PUT');
    return { method: this.#method(), path: this.#path(), headers: this.#headers(), body: '' };
  }

  #method() {
    const { random } = this;
    if (random.below(10) < 8) return random.of(['GET', 'GET', 'GET', 'HEAD', 'PUT', 'DELETE']);
    return random.of(METHODS.filter((method) => method !== 'CONNECT'));
  }

  #path() {
    const { random } = this;
    const name = random.isLucky(4) ? random.damaged(random.of(NAMES)) : random.of(NAMES);
    const path = `/${random.of(['projects', 'files', 'anything'])}/${name}`;
    if (random.isLucky(10))
      return random.of([
        '/projects',
        '/projects/',
        `/REPOSITORIES/${name}`,
        `/${path}`,
        `${path}?id=1&name=open`,
        `${path};x=1`,
      ]);
    return random.isLucky(10) ? random.damaged(path) : path;
  }

  /** A list of names and values, so that a header can stand twice. */
  #headers() {
    const { random } = this;
    const headers = [];
    for (let left = random.of([0, 1, 1, 1, 1, 1, 1, 2]); left > 0; left -= 1) {
      headers.push(
        random.isLucky(5)
          ? ['X-API-Key', this.#secret()]
          : [
              random.of(['Authorization', 'authorization']),
              random.of(random.isLucky(3) ? SCHEMES : SCHEMES.slice(0, 1)) + this.#secret(),
            ],
      );
    }
    if (random.isLucky(20))
      headers.push([
        random.of(['X-HTTP-Method-Override', 'X-Forwarded-For', 'If-None-Match', 'Range', 'Expect']),
        random.damaged('DELETE'),
      ]);
    return headers;
  }

  #secret() {
    const { random } = this;
    const secret = this.secrets[random.of(Object.keys(TOKENS))];
    switch (random.below(8)) {
      case 0:
        return random.damaged(secret);
      case 1:
        return `acme_${random
          .bytes(33)
          .toString('base64')
          .replace(/[^A-Za-z0-9]/g, 'x')
          .padEnd(49, '0')}`.slice(0, 54);
      case 2:
        return random.bytes(random.below(80)).toString('latin1');
      default:
        return secret;
    }
  }

  #policy(method) {
    const { random } = this;
    const whole = JSON.stringify(
      TOKENS[random.of(['readOnly', 'notThese', 'onlyThese', 'noGet', 'headOnly', 'propfind'])].policy,
    );
    const text = random.isLucky(5)
      ? random.bytes(random.below(200)).toString()
      : random.isLucky(4)
        ? whole
        : random.damaged(whole);
    return {
      method,
      path: '/policies',
      headers: [['Content-Type', 'application/json']],
      body: JSON.stringify({ text }),
    };
  }
}
