import { Logger } from '@nestjs/common';
import type { NewApiTokenEvent } from './api-token-event.js';

const logger = new Logger('ApiTokenModule');

/** Logs what somebody has to mend. Strangers can't cause it, so they can't flood the log. */
export function logAlarm(event: NewApiTokenEvent): void {
  switch (event.type) {
    case 'faulted': {
      const { name, code } = event.fault;
      logger.error(
        `The ${event.component} failed with ${escaped(name)}${code === undefined ? '' : ` (${escaped(code)})`}`,
      );
      break;
    }
    case 'policy-unresolved':
      logger.error(
        `The policy stored with token ${quoted(event.tokenId)} is damaged, so the token is denied everything: ` +
          event.issues.map(({ pointer, message }) => quoted(`${pointer} ${message}`)).join(', '),
      );
      break;
    case 'unknown-policy-ids':
      logger.warn(
        `The policy of token ${quoted(event.tokenId)} names policy IDs that no route has: ` +
          event.policyIds.map((policyId) => quoted(policyId)).join(', '),
      );
      break;
    default:
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
