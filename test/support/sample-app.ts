import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { createApplication } from '../../sample-app/src/create-application.js';
import { type Platform, readSettings } from '../../sample-app/src/settings.js';
import { unlessSilent } from './data-sources.js';

/** What the sample app answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: { readonly [key: string]: unknown; readonly items?: readonly { readonly id: unknown }[] };
}

/** Where a sample app keeps its data, and how it is thrown away. */
export interface SampleDatabase {
  readonly environment: Readonly<Record<string, string>>;
  drop(): Promise<void>;
}

/** A file of its own. */
export async function sqliteDatabase(): Promise<SampleDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'sample-app-'));
  return {
    environment: { DATABASE_FILE: join(directory, 'review.sqlite') },
    drop: () => rm(directory, { recursive: true }),
  };
}

/** A database of its own at `TEST_POSTGRES_URL`; null where none answers. */
export async function postgresDatabase(): Promise<SampleDatabase | null> {
  const url = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
  const admin = await unlessSilent(() => new DataSource({ type: 'postgres', url }).initialize());
  if (admin === null) return null;
  const name = `test_${randomBytes(6).toString('hex')}`;
  await admin.query(`CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = name;
  return {
    environment: { DATABASE_URL: own.href },
    drop: async () => {
      await admin.query(`DROP DATABASE ${name}`);
      await admin.destroy();
    },
  };
}

/** Starts the sample app on a free port. */
export async function startSampleApp(platform: Platform, { environment }: SampleDatabase) {
  const settings = readSettings({ PLATFORM: platform, ...environment });
  const app = await createApplication(settings, { logger: false });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();

  /** @param body - An object to send as JSON, or the text of one. */
  async function ask(method: string, path: string, authorization?: string, body?: unknown): Promise<Answer> {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(authorization && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : {};
    return { status: response.status, headers: response.headers, text, body: parsed };
  }

  return { app, url, ask };
}

/** An Authorization of HTTP Basic. */
export function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

export const GRUMPY = basic('grumpy', 'grumpy-password');
export const DOC = basic('doc', 'doc-password');
