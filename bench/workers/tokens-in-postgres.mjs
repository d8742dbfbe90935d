/** Requests by how many tokens there are in PostgreSQL, in a database of its own that grows meanwhile. */
import { hash, randomBytes } from 'node:crypto';
import { Client, Pool } from 'pg';
import { DataSource } from 'typeorm';
import { ApiTokenService, DefaultTokenGenerator } from 'nestjs-api-token';
import { apiTokenEntities, apiTokenMigrations, TypeOrmApiTokenStore } from 'nestjs-api-token/typeorm';
import { issueTokens, openApplication } from '../contestants/guards/api-token-policy-guard.mjs';
import { coldContestant, cpuContestant } from '../harness/cold-contestant.mjs';
import { guardContestant } from '../harness/guard-contestant.mjs';
import { race } from '../harness/race.mjs';
import { makeContext } from '../workload/http-context.mjs';
import { POLICY_TEXTS } from '../workload/many-tokens.mjs';
import { admittedContexts } from '../workload/repository-route.mjs';

const SERVER = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const PRESENTED = 1_000;
const WARM = 16;

/** So long that no token is read again meanwhile, which would have to be awaited. */
const KEEPING = { maxTokens: 10_000, lifetimeMs: 3_600_000 };

/**
 * @param {{ tokens: number[], sampleNs: number, turns: number, requests: number, rounds: number, warmUps: number }} plan
 * @returns {Promise<object>} `skipped` says why, where no PostgreSQL answers.
 */
export async function measure(plan) {
  const admin = new Client({ connectionString: SERVER, connectionTimeoutMillis: 2_000 });
  try {
    await admin.connect();
  } catch (error) {
    return {
      skipped: `no PostgreSQL answers at TEST_POSTGRES_URL or on loopback: ${error.code ?? error.message}`,
    };
  }
  const name = `bench_${randomBytes(6).toString('hex')}`;
  await admin.query(`CREATE DATABASE ${name}`);
  try {
    const url = new URL(SERVER);
    url.pathname = `/${name}`;
    const { server_version: version } = (await admin.query('SHOW server_version')).rows[0];
    return { version, ...(await measureIn(url.href, plan)) };
  } finally {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  }
}

async function measureIn(url, plan) {
  const dataSource = await openDataSource(url);
  const pool = new Pool({ connectionString: url });
  // Where something fails, the database is dropped under it: the failure is what has to be heard of.
  pool.on('error', () => undefined);
  const repository = { useValue: new TypeOrmApiTokenStore(dataSource) };
  const warm = await openApplication({ cache: KEEPING }, repository);
  const cold = await openApplication({ cache: false }, repository);
  const secrets = await issueTokens(warm.get(ApiTokenService), PRESENTED);
  const presented = secrets.slice(0, WARM);
  for (const context of admittedContexts(warm.route, presented, WARM)) await warm.guard.canActivate(context);
  const open = { warm: { ...warm, secrets: presented }, cold, secrets, pool };
  const timings = [];
  for (const tokens of plan.tokens) {
    await fillUpTo(dataSource, tokens);
    timings.push(...(await raceWith(tokens, open, plan)));
  }
  const unknownToken = await readOfUnknown(url);
  for (const { close } of [warm, cold]) await close();
  await pool.end();
  await dataSource.destroy();
  return { timings, unknownToken };
}

function openDataSource(url, logging = {}) {
  return new DataSource({
    type: 'postgres',
    url,
    entities: [...apiTokenEntities],
    migrations: [...apiTokenMigrations],
    migrationsRun: true,
    ...logging,
  }).initialize();
}

/** Made by the database itself, since nobody ever presents them. */
async function fillUpTo(dataSource, tokens) {
  const [{ count }] = await dataSource.query('SELECT count(*)::int AS count FROM api_token');
  const numbers = `generate_series(${count + 1}, ${tokens}) AS number`;
  const policies = POLICY_TEXTS.map((_, index) => `$${index + 1}::text`).join(', ');
  await dataSource.query(
    `INSERT INTO api_token (id, owner_id, kind, policy, note, created_at)
     SELECT lpad(number::text, 36, '0'), 'owner ' || number % 1000, 'default',
            (ARRAY[${policies}])[number % ${POLICY_TEXTS.length} + 1], 'continuous integration', 0
     FROM ${numbers}`,
    POLICY_TEXTS,
  );
  await dataSource.query(
    `INSERT INTO api_token_secret (digest, token_id)
     SELECT 'sha256:' || translate(encode(sha256(number::text::bytea), 'base64'), '+/=', '-_'),
            lpad(number::text, 36, '0')
     FROM ${numbers}`,
  );
  await dataSource.query('ANALYZE api_token, api_token_secret');
}

async function raceWith(tokens, { warm, cold, secrets, pool }, plan) {
  let next = 0;
  const nextSecret = () => secrets[(next += 1) % secrets.length];
  const coldContext = () => admittedContexts(cold.route, [nextSecret()], 1)[0];
  const timings = await race(
    [
      guardContestant({ name: 'warm' }, warm, plan),
      coldContestant('cold', cold, coldContext, plan),
      cpuContestant('cold, CPU', async () => cold.guard.canActivate(coldContext()), plan),
      cpuContestant('read by hand, CPU', () => readByHand(pool, nextSecret()), plan),
    ],
    plan,
  );
  return timings.map(({ name, samples }) => ({ kind: name, tokens, samples }));
}

/** The least that a read takes: the same join, by the driver alone. */
async function readByHand(pool, secret) {
  const { rows } = await pool.query({
    name: 'find_by_digest',
    text: `SELECT secret.digest, secret.expires_at AS secret_expires_at, token.*
           FROM api_token_secret secret JOIN api_token token ON token.id = secret.token_id
           WHERE secret.digest = $1`,
    values: [`sha256:${hash('sha256', secret, 'base64url')}`],
  });
  if (rows.length !== 1) throw new Error('A token is not there.');
}

/** What the database is asked for a token that nobody has issued, and how it finds out. */
async function readOfUnknown(url) {
  const asked = [];
  const logQuery = (statement, parameters) => void asked.push({ statement, parameters });
  const logger = new Proxy({}, { get: (_, method) => (method === 'logQuery' ? logQuery : () => undefined) });
  const dataSource = await openDataSource(url, { logging: ['query'], logger });
  const { guard, route, close } = await openApplication(
    {},
    { useValue: new TypeOrmApiTokenStore(dataSource) },
  );
  const secret = new DefaultTokenGenerator({ prefix: 'bench' }).generate();
  asked.length = 0;
  await guard.canActivate(makeContext(route, '42', [`Bearer ${secret}`])).catch(() => undefined);
  const [{ statement, parameters }, ...others] = asked;
  const plan = await dataSource.query(`EXPLAIN ${statement}`, parameters);
  const text = plan.map((row) => row['QUERY PLAN']).join('\n');
  await close();
  await dataSource.destroy();
  return {
    statements: 1 + others.length,
    isIndexed: /Index (?:Only )?Scan/.test(text) && !/Seq Scan/.test(text),
  };
}
