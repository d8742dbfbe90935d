import { SettingsError } from './settings.js';

/** What a person who starts the server is told where it doesn't start. */
export function startFailure(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}. Stop what listens there, or name another port: PORT=3001 npm start`;
  }
  return error.stack ?? error.message;
}
