import { once } from 'node:events';
import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { expect, it } from '@jest/globals';
import { Controller, type MessageEvent, Sse } from '@nestjs/common';
import { ApiTokenAuthenticator, ApiTokenService, PolicyId, RecheckApiToken } from 'nestjs-api-token';
import { interval, map, type Observable } from 'rxjs';
import { startApplication } from '../support/application.js';
import { wait } from '../support/event-stream.js';
import { reviewServer } from '../support/review-server.js';

const EVERY_MS = 40;

@PolicyId('change')
@Controller('changes')
class ChangeController {
  @RecheckApiToken({ everyMs: EVERY_MS })
  @Sse()
  events(): Observable<MessageEvent> {
    return interval(10).pipe(map((tick) => ({ data: String(tick) })));
  }
}

interface Connected {
  readonly session: ClientHttp2Session;
  readonly service: ApiTokenService;
  readonly authenticator: ApiTokenAuthenticator;
}

/** Starts a server and hands over a connection, which has to be closed before the server. */
async function connected(use: (part: Connected) => Promise<void>): Promise<void> {
  const { app, port } = await startApplication('Fastify over HTTP/2 (M08)', {
    ...reviewServer(),
    controllers: [ChangeController],
  });
  const session = connect(`http://127.0.0.1:${port}`);
  try {
    await use({ session, service: app.get(ApiTokenService), authenticator: app.get(ApiTokenAuthenticator) });
  } finally {
    await destroyed(session);
  }
}

/** Ends a connection, and waits until its socket is closed: the modules that take part in it are gone after the test. */
async function destroyed(session: ClientHttp2Session): Promise<void> {
  if (session.destroyed) return;
  const closed = once(session, 'close');
  session.destroy();
  await closed;
}

/** Opens a stream and waits for its first event. */
async function open(session: ClientHttp2Session, secret: string) {
  const stream = session.request({ ':path': '/changes', authorization: `Bearer ${secret}` });
  const ended = new Promise<void>((resolve) => stream.on('close', () => resolve()));
  const hasStarted = new Promise<true>((resolve) => stream.on('data', () => resolve(true)));
  expect(await Promise.race([hasStarted, ended])).toBe(true);
  return { stream, ended };
}

it('M08 M16 a re-checked stream ends when its token does, and the others of its connection go on', () =>
  connected(async ({ service, session }) => {
    const [one, other] = await Promise.all(
      ['grumpy', 'doc'].map((ownerId) => service.issue({ ownerId, policy: 'full-access' })),
    );
    const streams = [await open(session, one!.secret), await open(session, other!.secret)] as const;
    await service.revoke(one!.token.id);
    await streams[0].ended;
    await wait(10 * EVERY_MS);
    expect(streams[1].stream.closed).toBe(false);
  }));

/** How long a server may take to see that a stream was closed, in milliseconds. */
const PATIENCE_MS = 3_000;

it('M08 M16 nothing is checked any more when a stream of a connection was closed', () =>
  connected(async ({ service, authenticator, session }) => {
    const { secret } = await service.issue({ ownerId: 'grumpy', policy: 'full-access' });
    const { stream, ended } = await open(session, secret);
    let checks = 0;
    const authenticate = authenticator.authenticate.bind(authenticator);
    authenticator.authenticate = (given) => {
      checks += 1;
      return authenticate(given);
    };
    await wait(10 * EVERY_MS);
    expect(checks).toBeGreaterThan(0);
    // As browsers do. Without an error Node's server leaves a stream open that it is still writing to.
    stream.close(constants.NGHTTP2_CANCEL);
    await ended;
    const begin = performance.now();
    // On a busy machine the server sees the end a while later.
    for (let seen = -1; seen !== 0 && performance.now() < begin + PATIENCE_MS; seen = checks) {
      checks = 0;
      await wait(10 * EVERY_MS);
    }
    expect(checks).toBe(0);
  }));
