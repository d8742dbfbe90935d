import { Logger } from '@nestjs/common';
import { swallowErrors } from '../utils/maybe-promise.js';
import type { NewApiTokenEvent } from './api-token-event.js';

const logger = new Logger('ApiTokenModule');

/** After a line, others of its subject are only counted for so long. */
const QUIET_MS = 1_000;
/** More subjects than these share one count. */
const MAX_SUBJECTS = 100;
const OTHER = 'other';

interface Line {
  /** Lines with the same subject are written once a second. */
  readonly subject: string;
  readonly level: 'error' | 'warn';
  readonly text: string;
}

interface Written {
  readonly line: Line;
  /** How many lines of the subject were left out since. */
  leftOut: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Logs what somebody has to fix, at most a line a second for each subject: a database that is away fails every request, and
 * a damaged token may be used a thousand times a second.
 */
export class AlarmLog {
  /** What was written last, by subject. */
  readonly #written = new Map<string, Written>();

  /** Logs an event, if somebody has to fix something. */
  add(event: NewApiTokenEvent): void {
    const line = lineOf(event);
    if (line === null) return;
    const isKnown = this.#written.has(line.subject);
    const subject = isKnown || this.#written.size < MAX_SUBJECTS ? line.subject : OTHER;
    const written = this.#written.get(subject);
    if (written !== undefined) {
      written.leftOut += 1;
      return;
    }
    log(line.level, line.text);
    this.#keepQuiet(subject, line);
  }

  /** Logs what was left out so far, and waits for nothing more. */
  close(): void {
    for (const [subject, written] of this.#written) {
      clearTimeout(written.timer);
      this.#logLeftOut(subject, written);
    }
  }

  #keepQuiet(subject: string, line: Line): void {
    const written: Written = { line, leftOut: 0, timer: undefined };
    written.timer = setTimeout(() => {
      if (this.#logLeftOut(subject, written)) this.#keepQuiet(subject, line);
    }, QUIET_MS).unref();
    this.#written.set(subject, written);
  }

  #logLeftOut(subject: string, { line: { level, text }, leftOut }: Written): boolean {
    this.#written.delete(subject);
    if (leftOut === 0) return false;
    const example = subject === OTHER ? 'Other alarms' : text;
    log(level, `${example} (and ${leftOut} more in the last second)`);
    return true;
  }
}

/** The logger is the application's own, and must not fail a request, a timer or the end. */
function log(level: Line['level'], text: string): void {
  swallowErrors(() => logger[level](text));
}

function lineOf(event: NewApiTokenEvent): Line | null {
  switch (event.type) {
    case 'faulted': {
      const { name, code } = event.fault;
      const subject = `${event.component} ${name} ${code ?? ''}`;
      const failure = `${escaped(name)}${code === undefined ? '' : ` (${escaped(code)})`}`;
      return { subject, level: 'error', text: `The ${event.component} failed with ${failure}` };
    }
    case 'policy-unresolved': {
      const issues = event.issues.map(({ pointer, message }) => quoted(`${pointer} ${message}`)).join(', ');
      const text = `The policy stored with token ${quoted(event.tokenId)} is damaged, so the token is denied everything: ${issues}`;
      return { subject: event.type, level: 'error', text };
    }
    case 'unknown-policy-ids': {
      const policyIds = event.policyIds.map((policyId) => quoted(policyId)).join(', ');
      const text = `The policy of token ${quoted(event.tokenId)} names policy IDs that no route has: ${policyIds}`;
      return { subject: event.type, level: 'warn', text };
    }
    case 'handler-rejected':
      return { subject: `${event.type} ${event.handler}`, level: 'error', text: handlerText(event) };
    default:
      return null;
  }
}

function handlerText({
  reason,
  handler,
  contextType,
}: Extract<NewApiTokenEvent, { type: 'handler-rejected' }>): string {
  const name = escaped(handler);
  const type = escaped(contextType);
  const key = isIdentifier(contextType) ? type : quoted(contextType);
  const skip =
    contextType === 'http'
      ? ''
      : ` Where the guard has nothing to decide there, write requests: { contexts: { ${key}: 'skip' } } in ApiTokenModule.forRoot().`;
  return reason === 'route-unknown'
    ? `A request for ${name} was rejected: this function is no handler that the application has declared. Something has ` +
        'replaced the handler by a function without its metadata: let it copy the metadata, as Reflect.getMetadataKeys() ' +
        'lists it. Where a class is made for each request or message, do not bind its handlers in the constructor.' +
        skip
    : `A request for ${name} was rejected: nothing says how to read contexts of the type "${type}". Write ` +
        `requests: { contexts: { ${key}: ... } } in ApiTokenModule.forRoot() with an adapter or 'skip', or 'deny' where ` +
        'that is meant.';
}

function isIdentifier(name: string): boolean {
  return /^[A-Za-z_$][\w$]*$/.test(name);
}

/** What a terminal or a reader of logs would take for more than text: line ends, ANSI sequences, marks that turn text round. */
const NO_TEXT = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function quoted(text: string): string {
  // JSON.stringify itself escapes some of them only: not the eight-bit CSI, for one.
  return JSON.stringify(text).replace(NO_TEXT, (mark) => `\\u{${mark.codePointAt(0)!.toString(16)}}`);
}

function escaped(text: string): string {
  return quoted(text).slice(1, -1);
}
