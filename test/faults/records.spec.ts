/** What is stored, and should not be as it is. What projects do wrong beside is in the fault matrix. */
import { describe, expect, it } from '@jest/globals';
import { type ApiTokenRecord, ApiTokenOwnerProvider } from 'nestjs-api-token';
import { startFaultyServer } from '../support/faults.js';
import { calls } from '../support/review-server.js';

const TOKEN = { id: '1', ownerId: 'o', policy: '{}', expiresAt: null, revokedAt: null };
const TOMORROW = new Date(Date.now() + 86_400_000);

describe('what is stored', () => {
  it.each<[string, (record: ApiTokenRecord | null) => unknown, number]>([
    ['F03 undefined', () => undefined, 401],
    ['F03 null, later', async () => null, 401],
    ['F03 a record without a digest', () => TOKEN, 503],
    ['F03 a record without an owner', (record) => ({ ...record, ownerId: '' }), 503],
    ['F03 a record without an end', (record) => ({ ...record, revokedAt: undefined }), 503],
    ['T20 a digest that is too short', (record) => ({ ...record, digest: record!.digest.slice(0, -1) }), 401],
    ['an unreadable expiry', (record) => ({ ...record, expiresAt: new Date('never') }), 401],
    ['a text for an expiry', (record) => ({ ...record, expiresAt: '2999-01-01' }), 401],
    ['an unreadable start', (record) => ({ ...record, notBefore: new Date('never') }), 401],
    ['an unreadable end of the secret', (record) => ({ ...record, secretExpiresAt: new Date('never') }), 401],
    ['false for an end', (record) => ({ ...record, revokedAt: false }), 401],
    ['a paused token', (record) => ({ ...record, pausedAt: new Date() }), 401],
    ['a token of tomorrow', (record) => ({ ...record, notBefore: TOMORROW }), 401],
    ['F06 a truncated policy', (record) => ({ ...record, policy: '{"resources":{"*":{"allow":["GET"' }), 403],
    [
      'D01 a policy of texts',
      (record) => ({ ...record, policy: { resources: { '*': { allow: 'GET' } } } }),
      403,
    ],
    [
      'D06 a mis-nested policy',
      (record) => ({ ...record, policy: '{"resources":{"project":{"allow":["GET"]}}}' }),
      403,
    ],
    ['D11 a null policy', (record) => ({ ...record, policy: null }), 403],
    ['D11 no policy', (record) => ({ ...record, policy: undefined }), 403],
    ['D12 a policy of the future', (record) => ({ ...record, policy: '{"version":99}' }), 403],
  ])('%s', async (_, answer, status) => {
    const { store, events, ask, status: statusOf } = await startFaultyServer({ cache: false });
    store.answer = answer;
    const reply = await ask('/projects/1');
    expect(reply.status).toBe(status);
    expect(calls).toEqual([]);
    const types = events.map(({ type }) => type);
    const expected = { 401: /^(rejected|used-after-)/, 403: /^policy-unresolved$/, 503: /^faulted$/ }[status];
    expect(types).toContainEqual(expect.stringMatching(expected!));
    store.answer = null;
    expect(await statusOf()).toBe(200);
  });

  it('a policy of bad shape denies collection and item alike, and only its own token', async () => {
    const { store, tokens, ask, status } = await startFaultyServer();
    store.answer = (record) => ({ ...record, policy: '[]' });
    for (const path of ['/projects', '/projects/1', '/server-info', '/server-info/anything']) {
      expect(await ask(path)).toMatchObject({
        status: 403,
        body: { message: expect.stringContaining('damaged') },
      });
    }
    store.answer = null;
    const other = await tokens.issue({ ownerId: 'grumpy', policy: 'full-access' });
    expect(await status(other.secret)).toBe(200);
  });

  it('a policy that is larger than what may be written still holds', async () => {
    const { store, ask } = await startFaultyServer();
    const items = Object.fromEntries(Array.from({ length: 1_001 }, (_, id) => [id, { block: ['*'] }]));
    store.answer = (record) => ({ ...record!, policy: JSON.stringify({ resources: { project: items } }) });
    expect((await ask('/projects/1000')).status).toBe(403);
    expect((await ask('/projects/1001')).status).toBe(200);
  });

  it('unknownPolicyIds reports once, or denies', async () => {
    for (const [unknownPolicyIds, expected] of [
      ['report', 200],
      ['deny', 403],
    ] as const) {
      const { store, events, status } = await startFaultyServer({
        policies: { unknownIds: unknownPolicyIds },
        cache: false,
      });
      store.answer = (record) => ({ ...record, policy: '{"resources":{"renamed":{"*":{"block":["*"]}}}}' });
      expect([await status(), await status()]).toEqual([expected, expected]);
      const reports = events.filter(({ type }) => type === 'unknown-policy-ids');
      expect(reports).toMatchObject([{ policyIds: ['renamed'] }, ...(expected === 403 ? [{}] : [])]);
    }
  });

  it.each<[string, () => unknown, number]>([
    ['T15 null for an owner', () => null, 401],
    ['T15 undefined for an owner, later', async () => undefined, 401],
    ['an owner, later', async () => ({ name: 'grumpy' }), 200],
    ['an owner without a prototype', () => Object.create(null), 200],
  ])('%s', async (_, load, expected) => {
    class Owners extends ApiTokenOwnerProvider {
      override load(): unknown {
        return load();
      }
    }
    const { status } = await startFaultyServer({ ownerProvider: Owners });
    expect(await status()).toBe(expected);
    expect(calls).toHaveLength(expected === 200 ? 1 : 0);
  });
});
