import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiTokenEntity, ApiTokenSecretEntity, TypeOrmApiTokenStore } from 'nestjs-api-token/typeorm';
import { mariadb, postgres, sqlite, type TestDatabase } from '../../support/data-sources.js';

const TOKENS = 20_000;
const AT = new Date('2026-11-22T10:00:00.000Z');
const BEFORE = new Date(AT.getTime() + 1);
const FIRST = 'token-1000001';
const LAST = `token-${1_000_000 + TOKENS}`;

/** The numbers from 1 on, as each database has them. */
const SERIES: Readonly<Record<string, { with: string; from: string }>> = {
  SQLite: {
    with: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${TOKENS})`,
    from: 'n',
  },
  PostgreSQL: { with: '', from: `generate_series(1, ${TOKENS}) n(i)` },
  MariaDB: { with: '', from: `(SELECT seq AS i FROM seq_1_to_${TOKENS}) n` },
};

describe.each<[string, TestDatabase]>([
  ['SQLite', sqlite],
  ['PostgreSQL', postgres],
  ['MariaDB', mariadb],
])(`RL10: with ${TOKENS} tokens on %s`, (name, open) => {
  let opened: Awaited<ReturnType<TestDatabase>>;
  let store: TypeOrmApiTokenStore;

  beforeEach(async () => {
    opened = await open();
    if (opened === null)
      return void process.stderr.write(`${name} does not answer: long changes are skipped.\n`);
    const { dataSource } = opened;
    store = new TypeOrmApiTokenStore(dataSource);
    const series = SERIES[name]!;
    const id = name === 'MariaDB' ? "CONCAT('token-', 1000000 + i)" : "'token-' || (1000000 + i)";
    await dataSource.query(
      `INSERT INTO api_token (id, owner_id, kind, policy, note, created_at, expires_at)
       ${series.with} SELECT ${id}, 'grumpy', 'default', '{}', '', 0, ${AT.getTime()} FROM ${series.from}`,
    );
    await dataSource.query('INSERT INTO api_token_secret (digest, token_id) SELECT id, id FROM api_token');
  }, 60_000);
  afterEach(() => opened?.drop(), 60_000);

  /** In which order a long change and a revocation that is asked for while it lasts are done. */
  async function order(change: Promise<unknown>, id: string): Promise<string[]> {
    const done: string[] = [];
    const changing = change.then(() => done.push('change'));
    await delay(30);
    const started = performance.now();
    const ended = store.revoke(id, BEFORE, 'leaked').then(() => done.push('revocation'));
    await ended;
    expect(performance.now() - started).toBeLessThan(1_000);
    await changing;
    return done;
  }

  it('whoever ends one of them does not wait until all are pruned', async () => {
    if (opened === null) return;
    const pruning = store.prune(BEFORE);
    // The last that is pruned.
    expect(await order(pruning, LAST)).toEqual(['revocation', 'change']);
    expect(await pruning).toBe(TOKENS);
    expect(await opened.dataSource.manager.count(ApiTokenEntity)).toBe(0);
    expect(await opened.dataSource.manager.count(ApiTokenSecretEntity)).toBe(0);
  }, 60_000);

  it('whoever ends one of them does not wait until the uses of all are written', async () => {
    if (opened === null) return;
    const ids = Array.from({ length: TOKENS }, (_, index) => `token-${1_000_001 + index}`);
    const uses = new Map(ids.map((id) => [id, AT]));
    // The first that is written, which would be locked until the end.
    expect(await order(store.recordUses(uses), FIRST)).toEqual(['revocation', 'change']);
    expect(await store.findById(FIRST)).toMatchObject({ lastUsedAt: AT, revokedAt: BEFORE });
    expect(await opened.dataSource.manager.countBy(ApiTokenEntity, { lastUsedAt: AT })).toBe(TOKENS);
  }, 60_000);

  it('rotated secrets of tokens that live are pruned in parts too', async () => {
    if (opened === null) return;
    const { manager } = opened.dataSource;
    await manager.query('UPDATE api_token SET expires_at = NULL');
    await manager.query(`UPDATE api_token_secret SET expires_at = ${AT.getTime()}`);
    const pruning = store.prune(BEFORE);
    expect(await order(pruning, LAST)).toEqual(['revocation', 'change']);
    expect(await pruning).toBe(0);
    expect(await manager.count(ApiTokenEntity)).toBe(TOKENS);
    expect(await manager.count(ApiTokenSecretEntity)).toBe(0);
  }, 60_000);
});
