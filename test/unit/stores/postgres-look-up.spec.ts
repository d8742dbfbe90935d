import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TypeOrmApiTokenStore } from 'nestjs-api-token/typeorm';
import { postgres, type TestDatabase } from '../../support/data-sources.js';

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Plan[];
}

const TOKENS = 100_000;

const INSERT_TOKENS = `
  INSERT INTO api_token (id, owner_id, kind, policy, note, created_at)
  SELECT 'token-' || n, 'owner-' || n % 1000, 'default', '{"resources":{"*":{"allow":["GET"]}}}', '', n
  FROM generate_series(1, ${TOKENS}) n`;

/** Each has been rotated once. */
const INSERT_SECRETS = `
  INSERT INTO api_token_secret (digest, token_id, expires_at)
  SELECT kind || ':' || n, 'token-' || n, CASE kind WHEN 'old' THEN n END
  FROM generate_series(1, ${TOKENS}) n, unnest(ARRAY['old', 'sha256']) kind`;

describe(`a look-up among ${TOKENS} tokens in PostgreSQL`, () => {
  let opened: Awaited<ReturnType<TestDatabase>>;
  beforeAll(async () => {
    opened = await postgres();
    if (opened === null) process.stderr.write('PostgreSQL does not answer: its look-up tests are skipped.\n');
    for (const statement of [INSERT_TOKENS, INSERT_SECRETS, 'ANALYZE api_token, api_token_secret']) {
      await opened?.dataSource.query(statement);
    }
  }, 30_000);
  afterAll(() => opened?.drop());

  it.each([
    ['one digest', ['sha256:500']],
    ['the digests of a secret under several keys', ['sha256:500', 'other:500', 'another:500']],
  ])('is one statement that reads by indexes only: %s', async (_, digests) => {
    if (opened === null) return;
    const { dataSource } = opened;
    const queries = jest.spyOn(dataSource.logger, 'logQuery');
    const record = await new TypeOrmApiTokenStore(dataSource).findByDigest(digests);
    const sent = queries.mock.calls;
    queries.mockRestore();
    expect(record?.id).toBe('token-500');
    expect(sent).toHaveLength(1);
    const [query, parameters] = sent[0]!;
    const [{ 'QUERY PLAN': plans }] = await dataSource.query(`EXPLAIN (FORMAT JSON) ${query}`, parameters);
    const scans = flatten(plans[0].Plan).filter((plan) => plan['Node Type'].endsWith('Scan'));
    expect(scans.map((plan) => plan['Node Type'])).toEqual(['Index Scan', 'Index Scan']);
    expect(scans.every((plan) => plan['Index Name'] !== undefined)).toBe(true);
  });
});

function flatten(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flatten)];
}
