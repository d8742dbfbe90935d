/** What functions of the application may do, beside what the fault matrix shows. */
import { describe, expect, it } from '@jest/globals';
import { NotFoundException } from '@nestjs/common';
import {
  type ApiTokenEvent,
  ApiTokenAuthenticator,
  ApiTokenEvents,
  ApiTokenService,
  DefaultTokenGenerator,
} from 'nestjs-api-token';
import { startApplication } from '../support/application.js';
import { DriverError, PROMISES, THROWS, startFaultyServer } from '../support/faults.js';
import { calls, reviewServer } from '../support/review-server.js';
import { everything } from '../support/tokens.js';

describe('functions of the application', () => {
  it('exceptionFactory makes bodies of its own, and the challenge stays', async () => {
    const { server } = await startFaultyServer({
      errors: { exceptionFactory: () => new NotFoundException('nothing here') },
    });
    expect(await server.send('GET', '/projects')).toMatchObject({
      status: 404,
      headers: { 'www-authenticate': 'Bearer' },
      body: { message: 'nothing here' },
    });
  });

  it('W20 exceptionFactory makes errors that are no HTTP exceptions, of which filters know the status', async () => {
    class Rejected extends Error {}
    const overrides = reviewServer({ errors: { exceptionFactory: () => new Rejected() } });
    const server = await startApplication('Express', overrides, (app) =>
      app.useGlobalFilters({
        catch(error: unknown, host) {
          const status = error instanceof Rejected ? 418 : 500;
          app.getHttpAdapter().reply(host.switchToHttp().getResponse(), {}, status);
        },
      }),
    );
    expect((await server.send('GET', '/projects')).status).toBe(418);
    expect(calls).toEqual([]);
  });

  it('a function that fails is told of once, by its own name', async () => {
    const { server, events } = await startFaultyServer({
      requests: {
        skipIf: () => {
          throw new DriverError();
        },
      },
    });
    expect((await server.send('GET', '/projects')).status).toBe(503);
    const faults = events.filter(({ type }) => type === 'faulted');
    expect(faults).toMatchObject([{ component: 'skip-if', fault: { code: 'ECONNREFUSED' } }]);
  });

  it('a subscriber that fails harms neither a request nor the next subscriber', async () => {
    const { server, store, events, status } = await startFaultyServer();
    const stream = server.app.get(ApiTokenEvents);
    const failures = [...Object.values(THROWS), ...Object.values(PROMISES)];
    for (const failure of failures) stream.subscribe(() => failure(() => undefined));
    stream.pipe().subscribe({ next: THROWS['throws']! as () => void });
    const after: string[] = [];
    stream.subscribe(({ type }) => after.push(type));
    store.answer = () => {
      throw new DriverError();
    };
    expect(await status()).toBe(503);
    expect(after).toEqual(['faulted', 'rejected']);
    expect(events).toHaveLength(2);
    store.answer = null;
    expect(await status()).toBe(200);
  });

  it.each([undefined, null, 42, {}, ['acme_'], true])(
    'a secret that came another way and is %j is malformed, and no alarm',
    async (secret) => {
      const { server, events } = await startFaultyServer();
      const authenticator = server.app.get(ApiTokenAuthenticator);
      const answer = await authenticator.authenticate(secret as unknown as string);
      expect(answer).toEqual({ ok: false, reason: 'malformed' });
      expect(events.map(({ type }) => type)).toEqual(['rejected']);
    },
  );

  it.each<[string, () => unknown]>([
    ['throws', THROWS['throws']! as () => unknown],
    ['rejects', PROMISES.rejects],
    ['hangs', PROMISES.hangs],
    ['makes no text', () => 42],
    ['makes what it does not accept', () => 'custom_password'],
  ])('a generator that %s issues nothing', async (_, generate) => {
    const generator = new DefaultTokenGenerator({ prefix: 'custom' });
    const issued = {
      id: 'custom',
      generate: generate as () => string,
      claims: (credential: string) => generator.claims(credential),
      hasShape: (credential: string) => generator.hasShape(credential),
      hasValidChecksum: (credential: string) => generator.hasValidChecksum(credential),
      validate: (secret: string) => generator.validate(secret),
    };
    const token = { prefix: 'acme', formats: { issued } };
    const server = await startApplication('Express', reviewServer({ token }));
    const events: ApiTokenEvent[] = [];
    server.app.get(ApiTokenEvents).subscribe((event) => events.push(event));
    const tokens = server.app.get(ApiTokenService);
    await expect(tokens.issue(everything)).rejects.toThrow('The token-format failed');
    expect(events).toMatchObject([{ type: 'faulted', component: 'token-format' }]);
    expect(await tokens.list({ ownerId: 'grumpy' })).toEqual([]);
  });

  it('a clock that fails changes no token', async () => {
    let clock = (): number => Date.now();
    const { server, tokens, token, status } = await startFaultyServer({ clock: () => clock() });
    clock = () => Number.NaN;
    for (const call of [
      () => tokens.issue(everything),
      () => tokens.pause(token.id),
      () => tokens.rotate(token.id),
      () => tokens.revoke(token.id),
      () => tokens.revokeMany({ all: true }),
    ]) {
      await expect(call()).rejects.toThrow('The clock failed');
    }
    clock = () => Date.now();
    expect(await status()).toBe(200);
    expect(await server.app.get(ApiTokenService).list({ ownerId: 'grumpy' })).toHaveLength(1);
  });

  const TOO_LONG = 2_147_483_648;

  it.each([
    ['timeouts.lookupMs', { timeouts: { lookupMs: TOO_LONG } }],
    ['timeouts.managementMs', { timeouts: { managementMs: TOO_LONG } }],
    ['lastUsed.flushMs', { lastUsed: { flushMs: TOO_LONG } }],
  ])('%s that no timer can wait for stops the start', async (name, overrides) => {
    await expect(startApplication('Express', reviewServer(overrides))).rejects.toThrow(
      `${name} must be at most 2147483647`,
    );
  });
});
