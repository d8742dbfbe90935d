import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  HttpException,
  Param,
  ParseIntPipe,
  UseFilters,
} from '@nestjs/common';
import { APP_FILTER, BaseExceptionFilter, HttpAdapterHost } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { type ApiTokenRecord, PolicyId } from 'nestjs-api-token';
import { bearer, type Platform, PLATFORMS, startApplication } from '../support/application.js';
import { blocked, withControllers } from '../support/controllers.js';
import { issueSecret } from '../support/review-server.js';
import { CountingStore } from '../support/tokens.js';

let calls = 0;

@PolicyId('cat')
@Controller('cats')
class CatController {
  @Get(':id')
  find(@Param('id', ParseIntPipe) id: number) {
    calls += 1;
    return { id };
  }
}

class BrokenStore extends CountingStore {
  override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
    if (this.isBroken) throw new Error('connection lost');
    return super.findByDigest(digests);
  }

  isBroken = false;
}

/** As most applications write it: bodies of one's own, the status as it is. */
@Catch()
class OwnBodies implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const status = exception instanceof HttpException ? exception.getStatus() : 500;
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), { mine: true }, status);
  }
}

/** Knows no status. */
@Catch()
class AlwaysFailing implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(_exception: unknown, host: ArgumentsHost): void {
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), { mine: true }, 500);
  }
}

type Filter = typeof OwnBodies | typeof AlwaysFailing | typeof BaseExceptionFilter;
type Place = 'APP_FILTER' | 'useGlobalFilters' | '@UseFilters';

/** The status and the challenge of each rejection that the guard knows. */
async function rejections(platform: Platform, Filter: Filter, place: Place) {
  calls = 0;
  class Cats extends CatController {}
  Controller('cats')(Cats);
  if (place === '@UseFilters') UseFilters(Filter)(Cats);
  const store = new BrokenStore();
  const { providers = [], ...metadata } = withControllers([Cats], {
    repository: { useValue: store },
    cache: false,
  });
  const filters = place === 'APP_FILTER' ? [{ provide: APP_FILTER, useClass: Filter }] : [];
  const server = await startApplication(
    platform,
    { ...metadata, providers: [...providers, ...filters] },
    (app) => {
      if (place === 'useGlobalFilters') app.useGlobalFilters(new Filter(app.get(HttpAdapterHost) as never));
    },
  );
  const good = bearer(await issueSecret(server, blocked('cat', '2')));
  const ask = async (path: string, headers: readonly string[]) => {
    const reply = await server.send('GET', path, headers);
    const { 'www-authenticate': challenge, 'retry-after': retryAfter } = reply.headers;
    return [reply.status, challenge ?? retryAfter];
  };
  const answers = [
    await ask('/cats/1', []),
    await ask('/cats/1', bearer('acme_x')),
    await ask('/cats/1', [...good, ...good]),
    await ask('/cats/2', good),
    await ask('/cats/01', good),
  ];
  store.isBroken = true;
  answers.push(await ask('/cats/1', good));
  return answers;
}

const REJECTIONS = [
  [401, 'Bearer'],
  [401, 'Bearer error="invalid_token"'],
  [400, 'Bearer error="invalid_request"'],
  [403, 'Bearer error="insufficient_scope"'],
  [400, undefined],
  [503, '1'],
];

describe.each(PLATFORMS)('exception filters on %s', (platform) => {
  it.each<[Place]>([['APP_FILTER'], ['useGlobalFilters'], ['@UseFilters']])(
    'W20 a catch-all by %s keeps the status and the headers of a rejection',
    async (place) => {
      expect(await rejections(platform, OwnBodies, place)).toEqual(REJECTIONS);
      expect(calls).toBe(0);
    },
  );

  it("W20 Nest's own filter, extended, does so too", async () => {
    @Catch()
    class Logging extends BaseExceptionFilter {}
    expect(await rejections(platform, Logging, 'APP_FILTER')).toEqual(REJECTIONS);
    expect(calls).toBe(0);
  });

  it.each<[string, Filter, Place]>([
    ['knows no status', AlwaysFailing, 'APP_FILTER'],
    ['knows no status', AlwaysFailing, '@UseFilters'],
  ])('W20 one that %s makes no rejection a success (%#)', async (_, Filter, place) => {
    const answers = await rejections(platform, Filter, place);
    expect(answers.map(([status]) => status)).toEqual([500, 500, 500, 500, 500, 500]);
    expect(calls).toBe(0);
  });
});
