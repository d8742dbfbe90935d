import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { drizzle } from 'drizzle-orm/node-postgres';
import { testApiTokenStore } from 'nestjs-api-token/testing';
import { Pool } from 'pg';
import { DrizzleApiTokenStore } from './drizzle-api-token.store.js';

const page = readFileSync(`${__dirname}/../../docs/own-store.md`, 'utf8');
const [tables = ''] = /(?<=^```sql\n).*?(?=^```)/ms.exec(page) ?? [];
const [code] = /(?<=^```ts\n).*?(?=^```)/ms.exec(page) ?? [];

it('docs/own-store.md shows the store that is tested here', () => {
  expect(code).toBe(readFileSync(`${__dirname}/drizzle-api-token.store.ts`, 'utf8'));
});

testApiTokenStore('Drizzle on PostgreSQL', async () => {
  const connectionString = process.env['TEST_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
  const schema = `test_${randomBytes(6).toString('hex')}`;
  const pool = new Pool({
    connectionString,
    connectionTimeoutMillis: 2_000,
    options: `-c search_path=${schema}`,
  });
  try {
    await pool.query(`CREATE SCHEMA ${schema}`);
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return null;
  }
  await pool.query(tables);
  const close = async () => {
    await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool.end();
  };
  return { store: new DrizzleApiTokenStore(drizzle(pool)), close };
});
