import { describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { ApiTokenService, PolicyId, RecheckApiToken } from 'nestjs-api-token';
import { interval, NEVER, startWith } from 'rxjs';
import { bearer, PLATFORMS, type Platform, startApplication } from '../support/application.js';
import { wait } from '../support/event-stream.js';
import { FaultyStore } from '../support/faults.js';
import { reviewServer } from '../support/review-server.js';

const EVERY_MS = 40;

let asked: string[] = [];
let finish = (): void => undefined;

@PolicyId('report')
@RecheckApiToken({ everyMs: EVERY_MS })
@Controller('reports')
class ReportController {
  /** Nest sends the last part when the last has come. */
  @Get('parts')
  parts() {
    asked.push('parts');
    return interval(10).pipe(startWith('first part'));
  }

  @Get('whole')
  whole() {
    asked.push('whole');
    return NEVER;
  }

  @Get('promise')
  promise() {
    asked.push('promise');
    return new Promise((resolve) => (finish = () => resolve({ isWhole: true })));
  }
}

function down(): never {
  throw new Error('down');
}

async function reporting(platform: Platform) {
  asked = [];
  const store = new FaultyStore();
  const server = await startApplication(platform, {
    ...reviewServer({ repository: { useValue: store }, cache: false }),
    controllers: [ReportController],
  });
  const service = server.app.get(ApiTokenService);
  const { token, secret } = await service.issue({ ownerId: 'grumpy', policy: 'full-access' });
  return { server, store, service, token, secret };
}

type Reporting = Awaited<ReturnType<typeof reporting>>;

const NARROWED = { resources: { report: { '*': { block: ['GET' as const] } } } };

describe.each(PLATFORMS)('answers that take their time on %s', (platform) => {
  describe.each(['parts', 'whole', 'promise'])('%s', (path) => {
    it.each<[string, (part: Reporting) => unknown, number, object, object]>([
      [
        'is revoked',
        ({ service, token }) => service.revoke(token.id),
        401,
        { code: 'INVALID_API_TOKEN' },
        { 'www-authenticate': 'Bearer error="invalid_token"' },
      ],
      [
        'is narrowed',
        ({ service, token }) => service.update(token.id, { policy: NARROWED }),
        403,
        { code: 'PERMISSION_DENIED' },
        { 'www-authenticate': 'Bearer error="insufficient_scope"' },
      ],
      [
        "can't be checked",
        ({ store }) => (store.answer = down),
        503,
        { code: 'API_TOKEN_UNAVAILABLE' },
        { 'retry-after': '1' },
      ],
    ])('M16 is rejected where its token %s meanwhile', async (_, end, status, body, headers) => {
      const part = await reporting(platform);
      const reply = part.server.send('GET', `/reports/${path}`, bearer(part.secret));
      while (asked.length === 0) await wait(5);
      await end(part);
      expect(await reply).toMatchObject({ status, body, headers });
      expect(asked).toEqual([path]);
    });
  });

  it('is whole where its token is good', async () => {
    const { server, secret } = await reporting(platform);
    const reply = server.send('GET', '/reports/promise', bearer(secret));
    while (asked.length === 0) await wait(5);
    await wait(5 * EVERY_MS);
    finish();
    expect(await reply).toMatchObject({ status: 200, body: { isWhole: true } });
  });
});
