import { describe, expect, it } from '@jest/globals';
import { DAY, startTokenServer } from '../support/token-server.js';
import { everything } from '../support/tokens.js';

describe('rotation', () => {
  it('A10 rotates: same ID, owner, policy and expiry; the old secret lives for its grace', async () => {
    const { tokens, status, time, events } = await startTokenServer('Express');
    const policy = { resources: { project: { '2': { block: ['*' as const] } } } };
    const first = await tokens.issue({ ...everything, policy, expiresAt: new Date(time.now + DAY) });
    expect(await status(first.secret)).toBe(200);
    const second = await tokens.rotate(first.token.id, { graceMs: 1_000 });
    expect(second.token).toEqual({ ...first.token, hint: second.secret.slice(0, 9) });
    expect(second.secret).not.toBe(first.secret);
    time.now += 999;
    expect(await status(first.secret)).toBe(200);
    expect(await status(second.secret)).toBe(200);
    expect(await status(second.secret, '/projects/2')).toBe(403);
    time.now += 1;
    expect(await status(first.secret)).toBe(401);
    expect(await status(second.secret)).toBe(200);
    const types = events.map(({ type }) => type);
    expect(types).toEqual(['issued', 'rotated', 'denied', 'used-after-rotation']);
  });

  it('A10 rotates without grace: the old secret is rejected at once; twice, and only the last works', async () => {
    const { tokens, status } = await startTokenServer('Express');
    const first = await tokens.issue(everything);
    expect(await status(first.secret)).toBe(200);
    const second = await tokens.rotate(first.token.id);
    expect(await status(first.secret)).toBe(401);
    const third = await tokens.rotate(first.token.id);
    expect([await status(first.secret), await status(second.secret), await status(third.secret)]).toEqual([
      401, 401, 200,
    ]);
  });

  it('A10 takes neither another policy nor another owner', async () => {
    const { tokens, status } = await startTokenServer('Express');
    const policy = { resources: { project: { '1': { block: ['*' as const] } } } };
    const first = await tokens.issue({ ...everything, policy });
    const wider = { policy: 'full-access', ownerId: 'doc', expiresAt: null, id: 'other' };
    const second = await tokens.rotate(first.token.id, wider as never);
    expect(second.token).toEqual({ ...first.token, hint: second.secret.slice(0, 9) });
    expect(await tokens.find(first.token.id)).toEqual(second.token);
    expect(await status(second.secret)).toBe(403);
  });

  it('A10 gives no old secret more time by rotating again', async () => {
    const { tokens, status, time } = await startTokenServer('Express');
    const first = await tokens.issue(everything);
    await tokens.rotate(first.token.id, { graceMs: 1_000 });
    await tokens.rotate(first.token.id, { graceMs: DAY });
    time.now += 999;
    expect(await status(first.secret)).toBe(200);
    time.now += 1;
    expect(await status(first.secret)).toBe(401);
  });
});
