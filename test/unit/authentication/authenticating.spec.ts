import { describe, expect, it } from '@jest/globals';
import { InMemoryApiTokenStore } from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { CountingStore, everything, foreignSecret } from '../../support/tokens.js';
import { NOW, startWithRecord, told } from '../tokens/one-record.js';

describe('a secret', () => {
  it('that is well answers with its token, at once when it is kept', async () => {
    const { authenticator, secret, events } = await startWithRecord();
    const answer = authenticator.authenticate(secret);
    expect(answer).toEqual({
      ok: true,
      owner: undefined,
      isDeprecated: false,
      token: {
        id: 't1',
        ownerId: 'grumpy',
        kind: 'default',
        hint: null,
        policy: {},
        note: '',
        metadata: null,
        createdAt: null,
        notBefore: null,
        expiresAt: null,
        pausedAt: null,
        revokedAt: null,
        revocationReason: null,
        lastUsedAt: null,
        status: 'active',
      },
    });
    expect(authenticator.authenticate(secret)).toBe(answer);
    expect(events).toEqual([]);
  });

  it('has its token with every field that is stored', async () => {
    const fields = {
      kind: 'deploy',
      hint: 'acme_x7Ka',
      note: 'mine',
      metadata: '{"team":"core"}',
      createdAt: new Date(1),
      notBefore: new Date(2),
      expiresAt: new Date(NOW + 1),
      pausedAt: null,
      lastUsedAt: new Date(3),
    };
    const { authenticator, secret } = await startWithRecord(fields);
    expect(authenticator.authenticate(secret)).toMatchObject({
      token: { ...fields, metadata: { team: 'core' } },
    });
  });

  it.each([['not JSON'], ['7'], ['"text"'], ['null'], [null], [undefined], [7]])(
    'has a token whose metadata are null where %j is stored',
    async (metadata) => {
      const { authenticator, secret } = await startWithRecord({ metadata });
      expect(authenticator.authenticate(secret)).toMatchObject({ ok: true, token: { metadata: null } });
    },
  );

  const past = new Date(NOW - 1);
  const now = new Date(NOW);
  const future = new Date(NOW + 1);
  const ids = { tokenId: 't1', ownerId: 'grumpy' };
  const rejected = (reason: string) => ({ type: 'rejected', reason, ...ids });

  it.each<[string, object, string, object | null]>([
    ['ends later', { expiresAt: future }, 'ok', null],
    ['ends now', { expiresAt: now }, 'expired', { type: 'used-after-expiry', ...ids }],
    ['has ended', { expiresAt: past }, 'expired', { type: 'used-after-expiry', ...ids }],
    ['ends at no date', { expiresAt: 'never' }, 'expired', { type: 'used-after-expiry', ...ids }],
    [
      'ends at an unreadable date',
      { expiresAt: new Date('x') },
      'expired',
      { type: 'used-after-expiry', ...ids },
    ],
    ['began', { notBefore: past }, 'ok', null],
    ['begins now', { notBefore: now }, 'ok', null],
    ['begins later', { notBefore: future }, 'not-yet-valid', rejected('not-yet-valid')],
    ['begins at no date', { notBefore: 7 }, 'not-yet-valid', rejected('not-yet-valid')],
    ['is rotated later', { secretExpiresAt: future }, 'ok', null],
    ['is rotated now', { secretExpiresAt: now }, 'rotated', { type: 'used-after-rotation', ...ids }],
    ['was rotated', { secretExpiresAt: past }, 'rotated', { type: 'used-after-rotation', ...ids }],
    ['is paused', { pausedAt: future }, 'paused', rejected('paused')],
    ['was revoked', { revokedAt: future }, 'revoked', rejected('revoked')],
    [
      'was revoked, is paused and has ended',
      { revokedAt: past, pausedAt: past, expiresAt: past },
      'revoked',
      rejected('revoked'),
    ],
    ['is paused and has ended', { pausedAt: past, expiresAt: past }, 'paused', rejected('paused')],
  ])('T03 of a token that %s', async (_, change, answer, event) => {
    const { authenticate, secret, events } = await startWithRecord(change);
    expect(await authenticate(secret)).toBe(answer);
    expect(await authenticate(secret)).toBe(answer);
    expect(told(events)).toEqual(event === null ? [] : [event, event]);
  });

  it('that nobody has is unknown, and one that is damaged or no text is malformed', async () => {
    const { authenticate, events, tokens } = newServices();
    const { secret } = await tokens.issue(everything);
    const damaged = secret.slice(0, -1) + (secret.endsWith('0') ? '1' : '0');
    events.length = 0;
    expect(await authenticate(foreignSecret())).toBe('unknown');
    for (const malformed of [damaged, secret.slice(1), `${secret}0`, '', undefined, null, 7, {}, [secret]]) {
      expect(await authenticate(malformed as string)).toBe('malformed');
    }
    expect(told(events)).toEqual([
      { type: 'rejected', reason: 'unknown' },
      ...Array.from({ length: 9 }, () => ({ type: 'rejected', reason: 'malformed' })),
    ]);
  });

  it('that is damaged is looked up for nobody', async () => {
    let lookUps = 0;
    class Counting extends InMemoryApiTokenStore {
      override findByDigest(digests: readonly string[]) {
        lookUps += 1;
        return super.findByDigest(digests);
      }
    }
    const { authenticate } = newServices({ store: new Counting() });
    const secret = foreignSecret();
    await authenticate(secret.slice(0, -1) + (secret.endsWith('0') ? '1' : '0'));
    expect(lookUps).toBe(0);
    await authenticate(secret);
    expect(lookUps).toBe(1);
  });

  it('F03 that another token is answered for is unknown each time, and the repository is to blame', async () => {
    const { authenticate, secret, events } = await startWithRecord({ digest: `sha256:${'x'.repeat(43)}` });
    expect([await authenticate(secret), await authenticate(secret)]).toEqual(['unknown', 'unknown']);
    const fault = { type: 'faulted', component: 'repository', fault: { name: 'ForeignRecord' } };
    const rejection = { type: 'rejected', reason: 'unknown' };
    expect(told(events)).toEqual([fault, rejection, fault, rejection]);
  });
});

describe('a clock', () => {
  it.each([Number.NaN, Infinity, -Infinity, 8.64e15 + 1, '7', undefined, null, {}])(
    'that tells %s leaves every token unavailable',
    async (time) => {
      const { authenticate, secret, events } = await startWithRecord({}, { clock: () => time as number });
      expect(await authenticate(secret)).toBe('unavailable');
      expect(told(events)).toEqual([
        { type: 'faulted', component: 'clock', fault: { name: 'UnusableAnswer' } },
        { type: 'rejected', reason: 'unavailable' },
      ]);
    },
  );

  it.each([8.64e15, -8.64e15, 0.5])('may tell %s', async (time) => {
    const { authenticate, secret } = await startWithRecord({}, { clock: () => time });
    expect(await authenticate(secret)).toBe('ok');
  });
});

it.each([
  [1_024, 'unknown', 1],
  [1_025, 'malformed', 0],
])('T12 a secret of %i characters is %s, whatever its format says of it', async (length, answer, lookUps) => {
  const anything = { id: 'anything', claims: () => true, hasShape: () => true, hasValidChecksum: () => true };
  const store = new CountingStore();
  const { authenticate, tokens } = newServices({
    store,
    token: { prefix: 'acme', formats: { accepted: [anything] } },
  });
  const secret = 'a'.repeat(length);
  expect(await authenticate(secret)).toBe(answer);
  expect(store.reads).toBe(lookUps);
  const imported = tokens.import({ ...everything, secret }).then(
    () => 'unknown',
    () => 'malformed',
  );
  expect(await imported).toBe(answer);
});
