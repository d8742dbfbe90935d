import { Logger } from '@nestjs/common';
import type { NewApiTokenEvent } from './api-token-event.js';
import { harmless } from './harmless.js';

type Alarm = Extract<NewApiTokenEvent, { type: 'faulted' | 'policy-unresolved' | 'unknown-policy-ids' }>;

const logger = new Logger('ApiTokenModule');

/** How long an alarm keeps those like it out of the log, in milliseconds. */
const QUIET_MS = 1_000;

/** So many kinds of alarms are told apart at once: the names of errors may be anything. */
const MAX_KINDS = 100;

/**
 * Logs what somebody has to mend: one line a second for what is alike, with how many were left out. Strangers can cause an
 * alarm for each request, by what they send while the database is down.
 */
export class AlarmLog {
  /** By kind: what was left out since its last line. */
  readonly #quiet = new Map<string, { latest: Alarm | null; count: number }>();

  /** Logs an event, where it is an alarm. */
  note(event: NewApiTokenEvent): void {
    if (!isAlarm(event)) return;
    const own = kindOf(event);
    const kind = this.#quiet.has(own) || this.#quiet.size < MAX_KINDS ? own : event.type;
    const leftOut = this.#quiet.get(kind);
    if (leftOut === undefined) {
      this.#write(kind, event, 1);
    } else {
      leftOut.latest = event;
      leftOut.count += 1;
    }
  }

  #write(kind: string, alarm: Alarm, count: number): void {
    this.#quiet.set(kind, { latest: null, count: 0 });
    setTimeout(() => this.#catchUp(kind), QUIET_MS).unref();
    const more = count === 1 ? '' : ` (and ${count - 1} more like it within a second)`;
    // The logger is the application's own.
    harmless(() => logger[alarm.type === 'unknown-policy-ids' ? 'warn' : 'error'](`${lineOf(alarm)}${more}`));
  }

  #catchUp(kind: string): void {
    const leftOut = this.#quiet.get(kind);
    this.#quiet.delete(kind);
    if (leftOut?.latest) this.#write(kind, leftOut.latest, leftOut.count);
  }
}

function isAlarm(event: NewApiTokenEvent): event is Alarm {
  return ['faulted', 'policy-unresolved', 'unknown-policy-ids'].includes(event.type);
}

function kindOf(alarm: Alarm): string {
  const subject = alarm.type === 'faulted' ? `${alarm.component} ${alarm.fault.name}` : alarm.tokenId;
  return `${alarm.type} ${subject}`;
}

function lineOf(alarm: Alarm): string {
  switch (alarm.type) {
    case 'faulted': {
      const { name, code } = alarm.fault;
      return `The ${alarm.component} failed with ${escaped(name)}${code === undefined ? '' : ` (${escaped(code)})`}`;
    }
    case 'policy-unresolved':
      return (
        `The policy stored with token ${quoted(alarm.tokenId)} is damaged, so the token is denied everything: ` +
        alarm.issues.map(({ pointer, message }) => quoted(`${pointer} ${message}`)).join(', ')
      );
    case 'unknown-policy-ids':
      return (
        `The policy of token ${quoted(alarm.tokenId)} names policy IDs that no route has: ` +
        alarm.policyIds.map((policyId) => quoted(policyId)).join(', ')
      );
  }
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
