import type { ApiTokenEvents } from '../events/api-token-events.js';
import { type ApiTokenFormat, type ApiTokenGenerator, MAX_SECRET_LENGTH } from './api-token-format.js';
import { checkedCallback } from '../resilience/checked-callback.js';
import { UnusableAnswerError } from '../resilience/unavailable.error.js';

/** A format of the application, which says yes or no, or throws. */
export function checkedFormat(format: ApiTokenFormat, events: ApiTokenEvents): ApiTokenFormat {
  const ask = (question: (credential: string) => boolean) =>
    checkedCallback('token-format', question, readBoolean, events);
  return {
    id: format.id,
    claims: ask((credential) => format.claims(credential)),
    hasShape: ask((credential) => format.hasShape(credential)),
    hasValidChecksum: ask((credential) => format.hasValidChecksum(credential)),
  };
}

/** A generator of the application. What it makes has to be what it accepts, or nobody could use the token. */
export function checkedGenerator(generator: ApiTokenGenerator, events: ApiTokenEvents): ApiTokenGenerator {
  const format = checkedFormat(generator, events);
  const validate = (secret: string): boolean => isWellFormed(secret, format);
  const readSecret = (answer: unknown): string => {
    if (typeof answer === 'string' && validate(answer)) return answer;
    throw new UnusableAnswerError('token.formats.issued made a secret that it does not accept itself');
  };
  return {
    ...format,
    validate,
    generate: checkedCallback('token-format', () => generator.generate(), readSecret, events),
  };
}

/** Whether a secret could be one of a format's. */
export function isWellFormed(secret: string, format: ApiTokenFormat): boolean {
  return secret.length <= MAX_SECRET_LENGTH && format.hasShape(secret) && format.hasValidChecksum(secret);
}

function readBoolean(answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer;
  throw new UnusableAnswerError('A token format answered with something that is no boolean');
}
