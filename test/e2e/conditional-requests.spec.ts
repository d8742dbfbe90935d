import { describe, expect, it } from '@jest/globals';
import {
  type CallHandler,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  type NestInterceptor,
  Param,
  ParseIntPipe,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import { PolicyId } from 'nestjs-api-token';
import { bearer, PLATFORMS, startApplication, TRANSPORTS } from '../support/application.js';
import { BLOCKED_42 } from '../support/authorized-requests.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';

/** As a cache does: it may answer without the handler. */
class RecordingInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    calls.push('interceptor');
    return next.handle();
  }
}

@PolicyId('project')
@UseInterceptors(RecordingInterceptor)
@Controller('projects')
class ValidatedController {
  @Header('ETag', '"hidden"')
  @Header('Last-Modified', 'Thu, 01 Jan 2026 00:00:00 GMT')
  @Header('Accept-Ranges', 'bytes')
  @Get(':id')
  find(@Param('id', ParseIntPipe) id: number) {
    calls.push(`find ${id}`);
    return new StreamableFile(Buffer.from('0123456789'));
  }
}

const CONDITIONS: [string, string][] = [
  ['If-None-Match', '"hidden"'],
  ['If-None-Match', '*'],
  ['If-None-Match', 'W/"hidden", "other"'],
  ['If-Match', '"other"'],
  ['If-Modified-Since', 'Fri, 02 Jan 2026 00:00:00 GMT'],
  ['If-Unmodified-Since', 'Wed, 31 Dec 2025 00:00:00 GMT'],
  ['Range', 'bytes=0-3'],
  ['Range', 'bytes=100-'],
];

describe.each(TRANSPORTS)('M18 conditional requests on %s', (transport) => {
  it.each(CONDITIONS)(
    'a denied request with %s: %s is 403 and tells nothing of the item',
    async (name, value) => {
      const server = await startApplication(transport, {
        ...reviewServer(),
        controllers: [ValidatedController],
      });
      const secret = await issueSecret(server, BLOCKED_42);
      for (const method of ['GET', 'HEAD']) {
        const reply = await server.send(method, '/projects/42', [...bearer(secret), name, value]);
        expect(reply.status).toBe(403);
        expect(reply.headers['etag']).not.toBe('"hidden"');
        expect(reply.headers).not.toHaveProperty('last-modified');
        expect(reply.headers).not.toHaveProperty('accept-ranges');
        expect(reply.headers).not.toHaveProperty('content-range');
        expect(reply.text).not.toContain('0123');
        expect((await server.send(method, '/projects/42', [name, value])).status).toBe(401);
      }
      expect(calls).toEqual([]);
      const allowed = await server.send('GET', '/projects/7', bearer(secret));
      expect(allowed).toMatchObject({ status: 200, headers: { etag: '"hidden"' }, text: '0123456789' });
      expect(calls).toEqual(['interceptor', 'find 7']);
    },
  );
});

describe.each(PLATFORMS)('M18 on %s', (platform) => {
  it('an ETag that was seen once opens nothing', async () => {
    const server = await startApplication(platform, reviewServer());
    const open = await issueSecret(server, 'full-access');
    const seen = await server.send('GET', '/projects/42', bearer(open));
    const etag = seen.headers['etag'];
    // Fastify makes none.
    expect(typeof etag).toBe(platform === 'Express' ? 'string' : 'undefined');
    const condition = ['If-None-Match', typeof etag === 'string' ? etag : '*'];
    const again = await server.send('GET', '/projects/42', [...bearer(open), ...condition]);
    expect(again.status).toBe(platform === 'Express' ? 304 : 200);
    const closed = await issueSecret(server, BLOCKED_42);
    const denied = await server.send('GET', '/projects/42', [...bearer(closed), ...condition]);
    expect(denied.status).toBe(403);
    if (etag !== undefined) expect(denied.headers['etag']).not.toBe(etag);
    expect((await server.send('GET', '/projects/42', condition)).status).toBe(401);
    expect(calls).toEqual(['project.find 42', 'project.find 42']);
  });
});
