/** The HTTP platforms that the server runs on. */
export const PLATFORMS = ['express', 'fastify'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** What may be set from outside. */
export interface Settings {
  /** The port to listen on; 0 for any free one. */
  readonly port: number;
  readonly platform: Platform;
  /** The PostgreSQL database; null where the SQLite file is used. */
  readonly databaseUrl: string | null;
  readonly databaseFile: string;
}

/** A setting that can't be used. */
export class SettingsError extends Error {}

const MAX_PORT = 65_535;

/**
 * Reads the settings from environment variables. One that is empty counts as absent.
 *
 * @throws {SettingsError} Which says what to write instead.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  return {
    port: readPort(environment['PORT'] || '3000'),
    platform: readPlatform(environment['PLATFORM'] || 'express'),
    databaseUrl: readDatabaseUrl(environment['DATABASE_URL'] || null),
    databaseFile: environment['DATABASE_FILE'] || 'code-review.sqlite',
  };
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT) return Number(text);
  throw new SettingsError(`PORT is ${JSON.stringify(text)}: write a whole number from 0 to ${MAX_PORT}.`);
}

function readPlatform(text: string): Platform {
  const platform = PLATFORMS.find((name) => name === text);
  if (platform !== undefined) return platform;
  throw new SettingsError(`PLATFORM is ${JSON.stringify(text)}: write ${PLATFORMS.join(' or ')}.`);
}

function readDatabaseUrl(url: string | null): string | null {
  if (url === null || /^postgres(?:ql)?:\/\//.test(url)) return url;
  // The URL may hold a password, so that it is not repeated.
  throw new SettingsError(
    'DATABASE_URL is no PostgreSQL URL: write postgres://user:password@host:5432/database, or leave it out for SQLite.',
  );
}
