import { createHash, createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { jest } from '@jest/globals';
import type { LoggerService } from '@nestjs/common';

/** All that `util.inspect` can show. */
const EVERYTHING = { depth: null, showHidden: true, maxArrayLength: null, maxStringLength: null } as const;

/** Writes down whatever an application says: to its logger, to the console, to the streams of the process. */
export class Recorder implements LoggerService {
  readonly said: string[] = [];
  readonly #secrets = new Map<string, string>();
  readonly #spies: readonly { mockRestore(): void }[];

  constructor() {
    const streams = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, 'write').mockImplementation((...args: unknown[]) => {
        this.note(...args);
        return true;
      }),
    );
    const methods = (['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir'] as const).map((method) =>
      jest.spyOn(console, method).mockImplementation((...args: unknown[]) => this.note(...args)),
    );
    this.#spies = [...streams, ...methods];
  }

  log = this.note.bind(this);
  error = this.note.bind(this);
  warn = this.note.bind(this);
  debug = this.note.bind(this);
  verbose = this.note.bind(this);
  fatal = this.note.bind(this);

  /** Writes down all that could be logged of something, as text and as JSON. */
  note(...things: unknown[]): void {
    for (const thing of things) {
      this.said.push(typeof thing === 'string' ? thing : inspect(thing, EVERYTHING));
      if (typeof thing === 'object') this.said.push(jsonOf(thing));
    }
  }

  /** What a promise is rejected with, which is written down. */
  async noteError(promise: Promise<unknown>): Promise<void> {
    await promise.then(
      () => {
        throw new TypeError('It was not rejected');
      },
      (error: unknown) => this.note(error),
    );
  }

  /** Looks from now on for a secret: the whole, both ends of it, and its digests. */
  hide(secret: string, peppers: Readonly<Record<string, string>> = {}): string {
    this.#secrets.set(`the secret ${secret}`, secret);
    this.#secrets.set(`the tail of ${secret}`, secret.slice(-12));
    this.#secrets.set(`the entropy of ${secret}`, secret.slice(8, 24));
    this.#secrets.set(`the SHA-256 of ${secret}`, createHash('sha256').update(secret).digest('base64url'));
    for (const [id, pepper] of Object.entries(peppers)) {
      this.#secrets.set(`the pepper ${id}`, pepper);
      this.#secrets.set(
        `the HMAC of ${secret} under ${id}`,
        createHmac('sha256', pepper).update(secret).digest('base64url'),
      );
    }
    return secret;
  }

  /** The names of what was hidden and has been said. */
  leaks(): string[] {
    const all = this.said.join('\n');
    return [...this.#secrets].filter(([, needle]) => all.includes(needle)).map(([name]) => name);
  }

  /** Lets the application speak aloud again. */
  stop(): void {
    for (const spy of this.#spies) spy.mockRestore();
  }
}

function jsonOf(thing: object | null): string {
  try {
    return JSON.stringify(thing) ?? '';
  } catch {
    // A cycle or a BigInt: nobody can log it as JSON.
    return '';
  }
}
