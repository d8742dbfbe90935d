import { describe, expect, it } from '@jest/globals';
import { Controller, Get, type MessageEvent, Req, Sse } from '@nestjs/common';
import { ApiTokenAuthenticator, ApiTokenService, PolicyId, RecheckApiToken } from 'nestjs-api-token';
import { finalize, interval, map, type Observable } from 'rxjs';
import { bearer, PLATFORMS, type Platform, startApplication } from '../support/application.js';
import { openStream, wait } from '../support/event-stream.js';
import { FaultyStore } from '../support/faults.js';
import { reviewServer } from '../support/review-server.js';

const EVERY_MS = 40;
/** Long enough for several checks on a busy machine. */
const LONG_MS = 400;

/** The streams of the server that was started last. */
let openStreams = new Set<symbol>();

function ticks(): Observable<MessageEvent> {
  const [streams, stream] = [openStreams, Symbol('stream')];
  streams.add(stream);
  return interval(10).pipe(
    map((tick) => ({ data: String(tick) })),
    finalize(() => streams.delete(stream)),
  );
}

@PolicyId('change')
@Controller('changes')
class ChangeController {
  @Sse()
  events() {
    return ticks();
  }

  @RecheckApiToken({ everyMs: EVERY_MS })
  @Sse('rechecked')
  rechecked() {
    return ticks();
  }

  /** Takes the credential off the request, as some do for their logs. */
  @RecheckApiToken({ everyMs: EVERY_MS })
  @Sse('scrubbed')
  scrubbed(@Req() request: { headers: Record<string, unknown> }) {
    delete request.headers['authorization'];
    return ticks();
  }

  @RecheckApiToken({ everyMs: EVERY_MS })
  @Get('plain')
  plain() {
    return { plain: true };
  }
}

function down(): never {
  throw new Error('down');
}

async function streaming(platform: Platform, overrides = {}) {
  openStreams = new Set();
  const store = new FaultyStore();
  const server = await startApplication(platform, {
    ...reviewServer({ repository: { useValue: store }, ...overrides }),
    controllers: [ChangeController],
  });
  const service = server.app.get(ApiTokenService);
  const { token, secret } = await service.issue({ ownerId: 'grumpy', policy: 'full-access' });
  return { server, store, service, token, secret };
}

describe.each(PLATFORMS)('streams on %s', (platform) => {
  it('M16 a guard runs once: without a re-check a stream outlives its token', async () => {
    const { server, service, token, secret } = await streaming(platform);
    const stream = await openStream(server, '/changes', bearer(secret));
    await service.revoke(token.id);
    await wait(LONG_MS);
    expect(stream.state).toMatchObject({ status: 200, hasEnded: false });
    stream.close();
  });

  it.each<[string, (part: Awaited<ReturnType<typeof streaming>>) => unknown]>([
    ['is revoked', ({ service, token }) => service.revoke(token.id)],
    ['is paused', ({ service, token }) => service.pause(token.id)],
    ['is rotated', ({ service, token }) => service.rotate(token.id)],
    ['is removed', ({ service, token }) => service.remove(token.id)],
    [
      'is narrowed',
      ({ service, token }) =>
        service.update(token.id, { policy: { resources: { change: { '*': { block: ['GET'] } } } } }),
    ],
    ["can't be checked", ({ store }) => (store.answer = down)],
    ["can't be checked in time", ({ store }) => (store.answer = () => new Promise(() => undefined))],
    ['is nonsense', ({ store }) => (store.answer = () => ({}))],
  ])('M16 a re-checked stream ends when its token %s', async (_, end) => {
    const part = await streaming(platform, { cache: false, timeouts: { lookupMs: 50 } });
    const stream = await openStream(part.server, '/changes/rechecked', bearer(part.secret));
    await end(part);
    await stream.ended;
    expect(stream.state.status).toBe(200);
    expect(stream.state.text).not.toContain('event: error');
    expect(openStreams.size).toBe(0);
  });

  it('M16 a re-checked stream ends when its token expires', async () => {
    let now = Date.now();
    const { server, service } = await streaming(platform, { clock: () => now });
    const { secret } = await service.issue({
      ownerId: 'grumpy',
      policy: 'full-access',
      expiresAt: new Date(now + 60_000),
    });
    const stream = await openStream(server, '/changes/rechecked', bearer(secret));
    now += 60_000;
    await stream.ended;
    expect(openStreams.size).toBe(0);
  });

  it('a re-checked stream goes on while its token is good, and opens no other', async () => {
    const { server, secret } = await streaming(platform);
    const stream = await openStream(server, '/changes/rechecked', bearer(secret));
    await wait(LONG_MS);
    expect(stream.state.hasEnded).toBe(false);
    expect(openStreams.size).toBe(1);
    stream.close();
  });

  it('nothing is checked any more when the client has gone', async () => {
    const { server, secret } = await streaming(platform);
    const stream = await openStream(server, '/changes/rechecked', bearer(secret));
    stream.close();
    while (openStreams.size > 0) await wait(5);
    const authenticator = server.app.get(ApiTokenAuthenticator);
    const authenticate = authenticator.authenticate.bind(authenticator);
    let checks = 0;
    authenticator.authenticate = (given) => {
      checks += 1;
      return authenticate(given);
    };
    await wait(LONG_MS);
    expect(checks).toBe(0);
  });

  it('a stream that needs no token goes on', async () => {
    const { server } = await streaming(platform, { requests: { credentials: 'optional' } });
    const stream = await openStream(server, '/changes/rechecked');
    await wait(LONG_MS);
    expect(stream.state.hasEnded).toBe(false);
    stream.close();
  });

  it('a stream whose request has lost its token ends, also where none is needed', async () => {
    for (const credentials of ['required', 'optional']) {
      const { server, secret } = await streaming(platform, { requests: { credentials } });
      const stream = await openStream(server, '/changes/scrubbed', bearer(secret));
      await stream.ended;
      expect(openStreams.size).toBe(0);
    }
  });

  it('a token in another header is checked again too', async () => {
    const { server, service, token, secret } = await streaming(platform, {
      requests: { headers: ['x-api-key'] },
    });
    const stream = await openStream(server, '/changes/rechecked', ['X-API-Key', secret]);
    await wait(LONG_MS);
    expect(stream.state.hasEnded).toBe(false);
    await service.revoke(token.id);
    await stream.ended;
  });

  it('works on a class, in any module', async () => {
    @RecheckApiToken({ everyMs: EVERY_MS })
    @Controller('news')
    class NewsController {
      @Sse()
      events() {
        return ticks();
      }
    }
    class FeatureModule {}
    const metadata = reviewServer();
    const feature = { module: FeatureModule, controllers: [NewsController] };
    const server = await startApplication(platform, {
      ...metadata,
      controllers: [],
      imports: [...metadata.imports!, feature],
    });
    const service = server.app.get(ApiTokenService);
    const { token, secret } = await service.issue({ ownerId: 'grumpy', policy: 'full-access' });
    const stream = await openStream(server, '/news', bearer(secret));
    await service.revoke(token.id);
    await stream.ended;
    expect(stream.state.status).toBe(200);
  });

  it('an answer that is no stream is as it was', async () => {
    const { server, secret } = await streaming(platform);
    expect((await server.send('GET', '/changes/plain', bearer(secret))).body).toEqual({ plain: true });
  });
});

it.each([0, -1, 1.5, Number.NaN, 2 ** 31])('@RecheckApiToken rejects to check every %p ms', (everyMs) => {
  expect(() => RecheckApiToken({ everyMs })).toThrow('everyMs must be');
});
