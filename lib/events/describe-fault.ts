import type { ApiTokenFault } from './api-token-event.js';

const MAX_LENGTH = 100;
const UNREADABLE = { name: 'unknown' };

/** What may be told of an error: its class and its code. Never throws: an error may be anything that was thrown. */
export function describeFault(error: unknown): ApiTokenFault {
  try {
    if (!(error instanceof Error)) return { name: typeof error };
    const code: unknown = 'code' in error ? error.code : undefined;
    const name: unknown = error.name === 'Error' ? error.constructor.name : error.name;
    if (typeof name !== 'string') return UNREADABLE;
    return typeof code === 'string' || typeof code === 'number'
      ? { name: oneLine(name), code: oneLine(String(code)) }
      : { name: oneLine(name) };
  } catch {
    return UNREADABLE;
  }
}

/** A server that answers with errors of its own must not write lines of the log. */
function oneLine(text: string): string {
  return text.slice(0, MAX_LENGTH).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
}
