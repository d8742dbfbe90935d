import type { Fault } from './api-token-event.js';

/** What may be told of an error: its class and its code. */
export function describeFault(error: unknown): Fault {
  if (!(error instanceof Error)) return { name: typeof error };
  const code: unknown = 'code' in error ? error.code : undefined;
  const name = error.name === 'Error' ? error.constructor.name : error.name;
  return typeof code === 'string' || typeof code === 'number' ? { name, code: String(code) } : { name };
}
