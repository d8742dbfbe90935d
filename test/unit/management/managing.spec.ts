import { describe, expect, it } from '@jest/globals';
import type { ApiTokenEvent } from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { everything } from '../../support/tokens.js';

const NOW = Date.parse('2026-11-22T00:00:00.000Z');

async function startAtNow() {
  const time = { nowMs: NOW };
  const services = newServices({ clock: () => time.nowMs });
  const { token, secret } = await services.tokens.issue({ ...everything, lifetimeMs: 10_000 });
  return { ...services, time, token, secret };
}

/** An event without the time at which it was emitted. */
function told(event: ApiTokenEvent | undefined): object {
  const { at, ...rest } = event!;
  expect(at).toBeInstanceOf(Date);
  return rest;
}

const fresh = {
  ownerId: 'grumpy',
  kind: 'default',
  hint: null,
  policy: {},
  note: '',
  metadata: null,
  createdAt: new Date(NOW),
  notBefore: null,
  expiresAt: new Date(NOW + 10_000),
  pausedAt: null,
  revokedAt: null,
  revocationReason: null,
  lastUsedAt: null,
  status: 'active',
};

describe('a token', () => {
  it('is issued, found and told of', async () => {
    const { tokens, token, secret, events } = await startAtNow();
    expect(token).toEqual({ ...fresh, id: token.id, hint: secret.slice(0, 'acme_'.length + 4) });
    expect(Object.isFrozen(token)).toBe(true);
    expect(await tokens.find(token.id)).toEqual(token);
    expect(await tokens.list({ ownerId: 'grumpy' })).toEqual([token]);
    expect(events.map(told)).toEqual([{ type: 'issued', tokenId: token.id, ownerId: 'grumpy' }]);
  });

  it('is imported with its history, which is held to no rule', async () => {
    const { tokens, events } = newServices({
      token: { prefix: 'acme', lifetimes: { maximumMs: 1 } },
    });
    const history = {
      note: 'from another system',
      metadata: { team: 'core' },
      createdAt: new Date(1),
      notBefore: new Date(2),
      expiresAt: new Date(3),
      lastUsedAt: new Date(4),
      revokedAt: new Date(5),
      revocationReason: 'leaked',
    };
    const token = await tokens.import({ ...everything, ...history, digest: `k1:${'x'.repeat(43)}` });
    expect(token).toEqual({ ...fresh, ...history, id: token.id, status: 'revoked' });
    expect(token.id).toMatch(/^00000000-0001-7/);
    expect(await tokens.find(token.id)).toEqual(token);
    expect(events.map(told)).toEqual([{ type: 'imported', tokenId: token.id, ownerId: 'grumpy' }]);
  });

  it('is imported as of now and for ever where nothing else is said', async () => {
    const { tokens } = newServices({ clock: () => NOW });
    const token = await tokens.import({ ...everything, digest: `k1:${'x'.repeat(43)}` });
    expect(token).toEqual({ ...fresh, expiresAt: null, id: token.id });
  });

  it('is updated, and which fields were is told', async () => {
    const { tokens, token, events } = await startAtNow();
    const changes = { note: '', metadata: { a: 1 }, expiresAt: new Date(NOW + 1) };
    const policy = '{"resources":{"*":{"block":["*"]}}}';
    const updated = await tokens.update(token.id, { ...changes, policy });
    expect(updated).toEqual({ ...token, ...changes, policy: JSON.parse(policy) });
    const fields = ['note', 'policy', 'metadata', 'expiresAt'];
    expect(told(events.at(-1))).toEqual({ type: 'updated', tokenId: token.id, ownerId: 'grumpy', fields });
    expect(await tokens.update(token.id, { metadata: null, expiresAt: null })).toMatchObject({
      metadata: null,
      expiresAt: null,
    });
    expect(told(events.at(-1))).toMatchObject({ fields: ['metadata', 'expiresAt'] });
  });

  it('A10 is rotated, and the end of its old secret is told', async () => {
    const { tokens, token, secret, events, authenticate, time } = await startAtNow();
    const rotated = await tokens.rotate(token.id, { graceMs: 100 });
    expect(rotated.token).toEqual({ ...token, hint: rotated.secret.slice(0, 'acme_'.length + 4) });
    expect(await tokens.find(token.id)).toEqual(rotated.token);
    const retireAt = new Date(NOW + 100);
    const ids = { tokenId: token.id, ownerId: 'grumpy' };
    expect(told(events.at(-1))).toEqual({ type: 'rotated', ...ids, retireAt });
    time.nowMs += 99;
    expect([await authenticate(secret), await authenticate(rotated.secret)]).toEqual(['ok', 'ok']);
    time.nowMs += 1;
    expect(await authenticate(secret)).toBe('rotated');
    expect(told(events.at(-1))).toEqual({ type: 'used-after-rotation', ...ids });
    const again = await tokens.rotate(token.id);
    expect(told(events.at(-1))).toMatchObject({ retireAt: new Date(time.nowMs) });
    expect([await authenticate(rotated.secret), await authenticate(again.secret)]).toEqual(['rotated', 'ok']);
  });

  it('is paused since when it first was, and resumed', async () => {
    const { tokens, token, events, time } = await startAtNow();
    expect((await tokens.pause(token.id)).pausedAt).toEqual(new Date(NOW));
    time.nowMs += 5;
    expect((await tokens.pause(token.id)).pausedAt).toEqual(new Date(NOW));
    expect((await tokens.resume(token.id)).pausedAt).toBeNull();
    expect(events.map(({ type }) => type)).toEqual(['issued', 'paused', 'paused', 'resumed']);
  });

  it('A08 is ended once, with the first reason', async () => {
    const { tokens, token, events, time } = await startAtNow();
    const ended = { ...token, revokedAt: new Date(NOW), revocationReason: 'leaked', status: 'revoked' };
    expect(await tokens.revoke(token.id, { reason: 'leaked' })).toEqual(ended);
    time.nowMs += 5;
    expect(await tokens.revoke(token.id)).toEqual(ended);
    expect(events.slice(1).map(told)).toEqual([
      { type: 'revoked', tokenId: token.id, ownerId: 'grumpy', reason: 'leaked' },
    ]);
    const other = await tokens.issue(everything);
    expect((await tokens.revoke(other.token.id)).revocationReason).toBe('');
  });

  it('is ended with others, and how many were is told', async () => {
    const { tokens, token, events } = await startAtNow();
    await tokens.issue({ ...everything, ownerId: 'doc' });
    const owners = ['grumpy', 'nobody'];
    expect(await tokens.revokeMany({ owners }, { reason: 'left' })).toBe(1);
    expect(told(events.at(-1))).toEqual({
      type: 'revoked-many',
      selector: { owners },
      reason: 'left',
      count: 1,
    });
    expect(await tokens.find(token.id)).toMatchObject({
      revokedAt: new Date(NOW),
      revocationReason: 'left',
    });
    expect(await tokens.revokeMany({ all: true })).toBe(1);
    expect(told(events.at(-1))).toEqual({
      type: 'revoked-many',
      selector: { all: true },
      reason: '',
      count: 1,
    });
  });

  it('is removed at once, also where it is kept in this process', async () => {
    const { tokens, token, secret, events, authenticate } = await startAtNow();
    expect(await authenticate(secret)).toBe('ok');
    await tokens.remove(token.id);
    expect(told(events.at(-1))).toEqual({ type: 'removed', tokenId: token.id, ownerId: 'grumpy' });
    expect(await authenticate(secret)).toBe('unknown');
    expect(await tokens.find(token.id)).toBeNull();
  });

  it('is pruned when it ended before a time, also where it is kept in this process', async () => {
    const { tokens, secret, authenticate, time } = await startAtNow();
    expect(await authenticate(secret)).toBe('ok');
    time.nowMs = NOW + 10_001;
    expect(await tokens.prune({ before: new Date(NOW + 10_000) })).toBe(0);
    expect(await tokens.prune({ before: new Date(NOW + 10_001) })).toBe(1);
    expect(await authenticate(secret)).toBe('unknown');
  });

  it('A11 is one too many', async () => {
    const { tokens } = newServices({ token: { prefix: 'acme', maxPerOwner: 1 } });
    await tokens.issue(everything);
    await expect(tokens.issue(everything)).rejects.toMatchObject({
      code: 'QUOTA_EXCEEDED',
      field: 'ownerId',
      message: 'The owner has 1 tokens already: revoke one of them first.',
    });
    await expect(tokens.issue({ ...everything, ownerId: 'doc' })).resolves.toBeDefined();
  });
});

describe('a list', () => {
  it('has 100 tokens where nothing is said, and goes on behind the last', async () => {
    const { tokens } = newServices();
    for (let made = 0; made < 101; made += 1) await tokens.issue(everything);
    const first = await tokens.list({ ownerId: 'grumpy' });
    expect(first).toHaveLength(100);
    const rest = await tokens.list({ ownerId: 'grumpy', after: first.at(-1)!.id });
    expect(rest).toHaveLength(1);
  });
});

describe('tokens that expire soon', () => {
  const window = { from: new Date(NOW), until: new Date(NOW + 20_000) };

  it.each([1, 500, 501, 1_000])('are told of, %s of them, each once', async (count) => {
    const { tokens, events } = newServices({ clock: () => NOW });
    const ids = new Set<string>();
    while (ids.size < count) {
      ids.add((await tokens.issue({ ...everything, lifetimeMs: 10_000 })).token.id);
    }
    events.length = 0;
    expect(await tokens.announceExpiring(window)).toBe(count);
    expect(new Set(events.map((event) => 'tokenId' in event && event.tokenId))).toEqual(ids);
    expect(events).toHaveLength(count);
    expect(told(events[0])).toEqual({
      type: 'expiring-soon',
      tokenId: expect.any(String),
      ownerId: 'grumpy',
      expiresAt: new Date(NOW + 10_000),
    });
  });
});
