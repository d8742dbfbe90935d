import { Logger } from '@nestjs/common';
import type { NewApiTokenEvent } from './api-token-event.js';

const logger = new Logger('ApiTokenModule');

/** Logs what somebody has to mend. Strangers can't cause it, so they can't flood the log. */
export function logAlarm(event: NewApiTokenEvent): void {
  switch (event.type) {
    case 'faulted': {
      const { name, code } = event.fault;
      logger.error(`The ${event.component} failed with ${name}${code === undefined ? '' : ` (${code})`}`);
      break;
    }
    case 'policy-unresolved':
      logger.error(
        `The policy stored with token ${JSON.stringify(event.tokenId)} is damaged, so the token is denied everything: ` +
          event.issues.map(({ pointer, message }) => JSON.stringify(`${pointer} ${message}`)).join(', '),
      );
      break;
    case 'unknown-policy-ids':
      logger.warn(
        `The policy of token ${JSON.stringify(event.tokenId)} names policy IDs that no route has: ` +
          event.policyIds.map((policyId) => JSON.stringify(policyId)).join(', '),
      );
      break;
    default:
  }
}
