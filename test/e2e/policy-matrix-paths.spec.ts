import {
  Controller,
  Delete,
  Get,
  type INestApplication,
  Module,
  type ModuleMetadata,
  Param,
  ParseUUIDPipe,
  RequestMethod,
  Sse,
  Version,
  VERSION_NEUTRAL,
  type VersioningOptions,
  VersioningType,
} from '@nestjs/common';
import { NestFactory, RouterModule } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { describe, expect, it, jest } from '@jest/globals';
import { PolicyId } from 'nestjs-api-token';
import { expectPoliciesToHold, type PolicyMatrixOptions } from 'nestjs-api-token/testing';
import { createApplication, type Platform, PLATFORMS } from '../support/application.js';
import { calls, reviewServer } from '../support/review-server.js';

jest.setTimeout(60_000);

/** That the matrix finds nothing wrong, and runs no handler. */
async function expectNothingWrong(
  platform: Platform,
  metadata: ModuleMetadata,
  options: PolicyMatrixOptions,
  configure: (app: INestApplication) => void,
): Promise<void> {
  const app = await createApplication(platform, metadata);
  configure(app);
  await expect(expectPoliciesToHold(app, options)).resolves.toMatchObject({
    requests: expect.any(Number),
  });
  expect(calls).toEqual([]);
}

function handled(id = 'none'): object {
  calls.push(`a handler with ${id}`);
  return {};
}

describe.each(PLATFORMS)('the matrix on %s finds its way', (platform) => {
  it('with paths in lists, under prefixes, with wildcards and parameters, and streams', async () => {
    @PolicyId('cat')
    @Controller(['cats', 'kittens'])
    class CatController {
      @PolicyId('cat', { param: null })
      @Sse('events')
      events() {
        return handled();
      }

      @Get([':id', 'by-id/:id'])
      find(@Param('id', ParseUUIDPipe) id: string) {
        return handled(id);
      }

      @PolicyId('cat', { param: null })
      @Get('photos/:year/*')
      photo() {
        return handled();
      }
    }
    class CatModule {}
    const server = reviewServer();
    const cats = { module: CatModule, controllers: [CatController] };
    const routes = RouterModule.register([{ path: 'zoo/:zoo', module: CatModule }]);
    await expectNothingWrong(
      platform,
      { ...server, imports: [...server.imports!, cats, routes], controllers: [] },
      { params: { year: '2026', '*': 'a b/c', zoo: 'münchen' } },
      (app) => app.setGlobalPrefix('api', { exclude: [{ path: 'x', method: RequestMethod.GET }] }),
    );
  });

  it.each<[string, VersioningOptions]>([
    ['the path', { type: VersioningType.URI }],
    ['a header', { type: VersioningType.HEADER, header: 'X-Version' }],
    ['the media type', { type: VersioningType.MEDIA_TYPE, key: 'v=' }],
  ])('with versions in %s', async (_, versioning) => {
    @PolicyId('cat')
    @Controller('cats')
    class CatController {
      @Version(['1', '2'])
      @Get(':id')
      find() {
        return handled();
      }

      @PolicyId('old_cat')
      @Version('3')
      @Get(':id')
      findOld() {
        return handled();
      }

      @Version(VERSION_NEUTRAL)
      @Delete(':id')
      remove() {
        return handled();
      }
    }
    await expectNothingWrong(platform, { ...reviewServer(), controllers: [CatController] }, {}, (app) =>
      app.enableVersioning(versioning),
    );
  });

  it('with CORS, which answers OPTIONS in front of the guard', async () => {
    await expectNothingWrong(platform, reviewServer(), {}, (app) => app.enableCors());
  });
});

it('the matrix finds its way where Fastify does not route HEAD', async () => {
  @Module(reviewServer())
  class RootModule {}
  const adapter = new FastifyAdapter({ exposeHeadRoutes: false });
  const app = await NestFactory.create(RootModule, adapter, { logger: false });
  await expect(expectPoliciesToHold(app)).resolves.toBeDefined();
  expect(calls).toEqual([]);
  await app.close();
});
