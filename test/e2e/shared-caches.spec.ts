import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, type INestApplication } from '@nestjs/common';
import { bearer, PLATFORMS, startApplication } from '../support/application.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

@Controller('cats')
class CatController {
  @Get()
  list() {
    return {};
  }

  @Header('Cache-Control', 'public, max-age=60')
  @Get('public')
  public() {
    return {};
  }
}

type Next = () => void;
type Response = { setHeader(name: string, value: string): void };

describe.each(PLATFORMS)('shared caches on %s', (platform) => {
  async function server(configure?: (app: INestApplication) => void) {
    const running = await startApplication(
      platform,
      { ...reviewServer({ requests: { headers: ['x-api-key'] } }), controllers: [CatController] },
      configure,
    );
    const secret = await issueSecret(running, { resources: { cat: { '*': { block: ['POST'] } } } });
    return { ...running, secret };
  }

  it.each([
    ['allowed', 'GET', 200],
    ['rejected', 'GET', 401],
  ])('O04 keep no answer to a key in another header: %s', async (_, method, status) => {
    const { send, secret } = await server();
    const key = status === 401 ? 'acme_wrong' : secret;
    const reply = await send(method, '/cats', ['X-API-Key', key]);
    expect(reply.status).toBe(status);
    expect(reply.headers['cache-control']).toBe('private');
  });

  it('O04 need not be told where the key is in Authorization', async () => {
    const { send, secret } = await server();
    expect((await send('GET', '/cats', bearer(secret))).headers['cache-control']).toBeUndefined();
  });

  it('O04 what the application says of caching holds', async () => {
    const { send, secret } = await server((app) =>
      app.use((_: unknown, response: Response, next: Next) => {
        response.setHeader('Cache-Control', 'no-store');
        next();
      }),
    );
    expect((await send('GET', '/cats', ['X-API-Key', secret])).headers['cache-control']).toBe('no-store');
    const reply = await send('GET', '/cats/public', ['X-API-Key', secret]);
    expect(reply.headers['cache-control']).toBe('public, max-age=60');
  });
});
