import { Controller, Get } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import {
  type ApiToken,
  ApiTokenAccess,
  ApiTokenService,
  type ApiTokenStatus,
  CurrentApiToken,
  InMemoryApiTokenStore,
  SkipApiTokenPolicy,
  type StoredApiToken,
} from 'nestjs-api-token';
import { bearer, PLATFORMS, startApplication } from '../../support/application.js';
import { withControllers } from '../../support/controllers.js';
import { newServices } from '../../support/services.js';
import { everything } from '../../support/tokens.js';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

/** A store whose tokens a test changes behind the back of the service. */
class ChangedStore extends InMemoryApiTokenStore {
  changes: Partial<StoredApiToken> = {};

  override async findById(id: string) {
    const token = await super.findById(id);
    return token && { ...token, ...this.changes };
  }
}

async function start() {
  const time = { now: NOW };
  const store = new ChangedStore();
  const services = newServices({ clock: () => time.now, cache: false, store });
  const statusOf = async (id: string) => (await services.tokens.find(id))?.status;
  return { ...services, time, statusOf };
}

/** What stands in the way of a token, in the order in which it is told. */
const STATES: readonly (readonly [status: ApiTokenStatus, fields: Partial<StoredApiToken>])[] = [
  ['revoked', { revokedAt: new Date(NOW - 3), revocationReason: 'leaked' }],
  ['paused', { pausedAt: new Date(NOW - 2) }],
  ['not-yet-valid', { notBefore: new Date(NOW + MINUTE) }],
  ['expired', { expiresAt: new Date(NOW - 1) }],
  ['active', {}],
];

describe('the status of a token', () => {
  it.each(STATES.map(([status], index) => [status, index] as const))(
    'is %s, whatever holds of those behind it',
    async (status, index) => {
      const { tokens, store, statusOf } = await start();
      const { token } = await tokens.issue(everything);
      for (let from = STATES.length - 1; from >= index; from -= 1) {
        const [wanted, fields] = STATES[from]!;
        store.changes = { ...store.changes, ...fields };
        expect(await statusOf(token.id)).toBe(wanted);
      }
      expect(await statusOf(token.id)).toBe(status);
    },
  );

  it('changes to the millisecond at notBefore and at expiresAt, also of a token that is held', async () => {
    const { tokens, time } = await start();
    const { token } = await tokens.issue({
      ...everything,
      notBefore: new Date(NOW + 10),
      expiresAt: new Date(NOW + 20),
    });
    const at = (ms: number): ApiTokenStatus => {
      time.now = NOW + ms;
      return token.status;
    };
    expect([0, 9, 10, 11, 19, 20, 21].map(at)).toEqual([
      'not-yet-valid',
      'not-yet-valid',
      'active',
      'active',
      'active',
      'expired',
      'expired',
    ]);
  });

  it('is what the authenticator says of it, at every moment', async () => {
    const { tokens, time, authenticate, statusOf } = await start();
    const { token, secret } = await tokens.issue({
      ...everything,
      notBefore: new Date(NOW + 10),
      expiresAt: new Date(NOW + 20),
    });
    const said = async () => [await statusOf(token.id), await authenticate(secret)];
    expect(await said()).toEqual(['not-yet-valid', 'not-yet-valid']);
    time.now = NOW + 10;
    expect(await said()).toEqual(['active', 'ok']);
    await tokens.pause(token.id);
    expect(await said()).toEqual(['paused', 'paused']);
    await tokens.resume(token.id);
    expect(await said()).toEqual(['active', 'ok']);
    time.now = NOW + 20;
    expect(await said()).toEqual(['expired', 'expired']);
    await tokens.revoke(token.id);
    expect(await said()).toEqual(['revoked', 'revoked']);
  });

  it('is in the answer of every change', async () => {
    const { tokens } = await start();
    const { token } = await tokens.issue(everything);
    expect(token.status).toBe('active');
    expect((await tokens.pause(token.id)).status).toBe('paused');
    expect((await tokens.update(token.id, { note: 'new' })).status).toBe('paused');
    expect((await tokens.rotate(token.id)).token.status).toBe('paused');
    expect((await tokens.resume(token.id)).status).toBe('active');
    expect((await tokens.revoke(token.id)).status).toBe('revoked');
    expect((await tokens.list({ ownerId: 'grumpy' })).map(({ status }) => status)).toEqual(['revoked']);
  });

  it('can not be written, as nothing of a token can', async () => {
    const { tokens } = await start();
    const token = await tokens.pause((await tokens.issue(everything)).token.id);
    expect(() => Object.assign(token, { status: 'active' })).toThrow(TypeError);
    expect(token.status).toBe('paused');
  });

  it('is copied with a token, as it is then', async () => {
    const { tokens, time } = await start();
    const { token } = await tokens.issue({ ...everything, lifetimeMs: 10 });
    const copy = { ...token };
    time.now = NOW + 10;
    expect([copy.status, token.status]).toEqual(['active', 'expired']);
    expect(JSON.parse(JSON.stringify(token))).toMatchObject({ status: 'expired', id: token.id });
  });

  it.each([NaN, Infinity, '1', undefined, null])('is not guessed while the clock says %p', async (broken) => {
    const { tokens, time, events, authenticate } = await start();
    const { token, secret } = await tokens.issue({ ...everything, lifetimeMs: MINUTE });
    events.length = 0;
    time.now = broken as number;
    expect(() => token.status).toThrow('The clock failed');
    expect(events).toContainEqual(expect.objectContaining({ type: 'faulted', component: 'clock' }));
    expect(await authenticate(secret)).toBe('unavailable');
    time.now = NOW;
    expect(token.status).toBe('active');
  });

  it('is never active with a date that can not be read', async () => {
    const { tokens, store, statusOf } = await start();
    const { token } = await tokens.issue(everything);
    store.changes = { expiresAt: new Date(NaN) };
    expect(await statusOf(token.id)).toBe('expired');
    store.changes = { notBefore: new Date(NaN) };
    expect(await statusOf(token.id)).toBe('not-yet-valid');
  });
});

describe.each(PLATFORMS)('the hint and the status of tokens over HTTP on %s', (platform) => {
  @Controller('tokens')
  class TokenController {
    constructor(private readonly tokens: ApiTokenService) {}

    @SkipApiTokenPolicy()
    @Get()
    list() {
      return this.tokens.list({ ownerId: 'grumpy' });
    }

    @ApiTokenAccess('authenticated')
    @Get('current')
    current(@CurrentApiToken() token: ApiToken | undefined) {
      return token;
    }
  }

  it('are in lists and in what a handler is given, with no more of the secret', async () => {
    const server = await startApplication(platform, withControllers([TokenController]));
    const tokens = server.app.get(ApiTokenService);
    const [{ token, secret }, paused] = [await tokens.issue(everything), await tokens.issue(everything)];
    await tokens.pause(paused.token.id);
    const list = await server.send('GET', '/tokens');
    // Tokens of one millisecond are in no order.
    expect(list.body).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: token.id, hint: secret.slice(0, 9), status: 'active' }),
        expect.objectContaining({ id: paused.token.id, hint: paused.secret.slice(0, 9), status: 'paused' }),
      ]),
    );
    const current = await server.send('GET', '/tokens/current', bearer(secret));
    expect(current.body).toMatchObject({ id: token.id, hint: secret.slice(0, 9), status: 'active' });
    for (const { text } of [list, current]) {
      expect(text).not.toContain(secret.slice(0, 10));
      expect(text).not.toContain('digest');
    }
  });
});
