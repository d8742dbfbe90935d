import type { INestApplication } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { bearer, PLATFORMS, startApplication } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';

const OTHER = ['Authorization', 'Basic Zm9vOmJhcg=='];

/** Fields in front of a second Authorization, which Node drops where there are too many. */
function padding(fields: number): string[] {
  return Array.from({ length: fields }, (_, index) => [`X-Padding-${index}`, '1']).flat();
}

describe.each(PLATFORMS)('two Authorization fields on %s', (platform) => {
  it.each<[string, unknown]>([
    ['text, as of a body parser', '{}'],
    ['an object', {}],
    ['an object with header fields of its own', { rawHeaders: [] }],
  ])('RO07: are seen where a middleware sets raw to %s', async (_, raw) => {
    const setRaw = (app: INestApplication) => {
      app.use((request: { raw?: unknown }, __: unknown, next: () => void) => {
        request.raw = raw;
        next();
      });
    };
    const server = await startApplication(platform, reviewServer(), setRaw);
    const good = bearer(await issueSecret(server, 'full-access'));
    expect((await server.send('GET', '/projects', [...good, ...OTHER])).status).toBe(400);
    expect(calls).toEqual([]);
    expect((await server.send('GET', '/projects', good)).status).toBe(200);
  });

  it.each([20, 40, 100])('RO07: are seen where the server keeps %i fields', async (maxFields) => {
    const server = await startApplication(platform, reviewServer({ requests: { headers: ['x-key'] } }));
    server.app.getHttpServer().maxHeadersCount = maxFields;
    const secret = await issueSecret(server, 'full-access');
    for (const fields of [maxFields, maxFields + 40]) {
      for (const other of [OTHER, ['X-Key', secret]]) {
        const { status } = await server.send('GET', '/projects', [
          ...bearer(secret),
          ...padding(fields),
          ...other,
        ]);
        expect(status).toBe(400);
      }
    }
    expect(calls).toEqual([]);
    expect((await server.send('GET', '/projects', bearer(secret))).status).toBe(200);
  });

  it('RO07: a server without a limit drops nothing', async () => {
    const server = await startApplication(platform, reviewServer());
    server.app.getHttpServer().maxHeadersCount = 0;
    const good = bearer(await issueSecret(server, 'full-access'));
    const many = padding(1_100).map((text) => text.replace('X-Padding-', 'x'));
    expect((await server.send('GET', '/projects', [...good, ...many])).status).toBe(200);
    expect((await server.send('GET', '/projects', [...good, ...many, ...OTHER])).status).toBe(400);
  });
});
