import { describe, expect, it } from '@jest/globals';
import { type ApiTokenChangeOptions, ApiTokenError, type ApiTokenService } from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { everything, foreignSecret } from '../../support/tokens.js';

const NOW = 1_800_000_000_000;

type Change = (tokens: ApiTokenService, id: string, options: ApiTokenChangeOptions) => Promise<unknown>;

/** Every change, with the type of its event. */
const CHANGES: readonly (readonly [type: string, change: Change])[] = [
  ['issued', (tokens, _, options) => tokens.issue({ ...everything, ...options })],
  ['imported', (tokens, _, options) => tokens.import({ ...everything, secret: foreignSecret(), ...options })],
  ['updated', (tokens, id, options) => tokens.update(id, { note: 'new', ...options })],
  ['rotated', (tokens, id, options) => tokens.rotate(id, options)],
  ['paused', (tokens, id, options) => tokens.pause(id, options)],
  ['resumed', (tokens, id, options) => tokens.resume(id, options)],
  ['revoked', (tokens, id, options) => tokens.revoke(id, options)],
  ['revoked-many', (tokens, _, options) => tokens.revokeMany({ all: true }, options)],
  ['removed', (tokens, id, options) => tokens.remove(id, options)],
  ['pruned', (tokens, _, options) => tokens.prune({ before: new Date(NOW), ...options })],
];

/** An application with one token, that has emitted nothing yet. */
async function start() {
  const services = newServices({ clock: () => NOW });
  const { token } = await services.tokens.issue(everything);
  services.events.length = 0;
  return { ...services, id: token.id };
}

describe('the actor of a change', () => {
  it.each(CHANGES)('is in the event %s, and only there', async (type, change) => {
    const { tokens, events, id, store } = await start();
    await change(tokens, id, { actor: 'admin:7' });
    expect(events).toEqual([expect.objectContaining({ type, actor: 'admin:7' })]);
    const kept = await store.list('grumpy', { after: null, limit: 10 });
    expect(JSON.stringify(kept)).not.toContain('admin:7');
    expect(JSON.stringify(await tokens.list({ ownerId: 'grumpy' }))).not.toContain('admin:7');
  });

  it.each(CHANGES)('may be left out: then the event %s has no such member', async (type, change) => {
    const { tokens, events, id } = await start();
    await change(tokens, id, {});
    expect(events).toEqual([expect.objectContaining({ type })]);
    expect(events[0]).not.toHaveProperty('actor');
  });

  it.each(CHANGES)('changes nothing and emits no event %s where it is no name', async (_, change) => {
    const { tokens, events, id, store } = await start();
    const before = await store.list('grumpy', { after: null, limit: 10 });
    for (const actor of ['', 'a'.repeat(256), 'a\0b', '\ud800', 7, null, {}, ['admin']]) {
      const error: unknown = await change(tokens, id, { actor } as ApiTokenChangeOptions).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(ApiTokenError);
      expect(error).toMatchObject({ code: 'INVALID_ACTOR', field: 'actor' });
    }
    expect(events).toEqual([]);
    expect(await store.list('grumpy', { after: null, limit: 10 })).toEqual(before);
  });

  it('may be as long as the ID of an owner, in any writing', async () => {
    const { tokens, events, id } = await start();
    await tokens.pause(id, { actor: 'ü'.repeat(255) });
    expect(events).toMatchObject([{ type: 'paused', actor: 'ü'.repeat(255) }]);
  });

  it('is said of no event for which nobody made a change', async () => {
    const { tokens, events, id } = await start();
    await tokens.update(id, { expiresAt: new Date(NOW + 1_000) });
    await tokens.announceExpiring({ from: new Date(NOW), until: new Date(NOW + 2_000) });
    expect(events.map(({ type }) => type)).toEqual(['updated', 'expiring-soon']);
    for (const event of events) expect(event).not.toHaveProperty('actor');
  });

  it('is no change by itself', async () => {
    const { tokens, events, id } = await start();
    await expect(tokens.update(id, { actor: 'admin' })).rejects.toMatchObject({ code: 'NOTHING_TO_CHANGE' });
    expect(events).toEqual([]);
  });

  it('is said of the first revocation of a token, and not of one that was revoked before', async () => {
    const { tokens, events, id } = await start();
    await tokens.revoke(id, { actor: 'first' });
    await tokens.revoke(id, { actor: 'second' });
    expect(events).toMatchObject([{ type: 'revoked', actor: 'first' }]);
  });

  it('is none where somebody has polluted Object.prototype', async () => {
    const { tokens, events, id } = await start();
    Object.assign(Object.prototype, { actor: 'mallory' });
    try {
      await tokens.pause(id);
      await tokens.revokeMany({ all: true });
    } finally {
      Reflect.deleteProperty(Object.prototype, 'actor');
    }
    expect(events.map((event) => Object.hasOwn(event, 'actor'))).toEqual([false, false]);
  });
});

it('a pruning is told with its time and how many tokens it deleted', async () => {
  const { tokens, events, id, store } = await start();
  await store.revoke(id, new Date(NOW - 1), '');
  await tokens.prune({ before: new Date(NOW), actor: 'cron' });
  await tokens.prune({ before: new Date(NOW) });
  expect(events).toMatchObject([
    { type: 'pruned', before: new Date(NOW), count: 1, actor: 'cron' },
    { type: 'pruned', count: 0 },
  ]);
});
