import { Controller, Delete, Get, HttpCode, type INestApplication, Param } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApiTokenPolicyGuard, compilePolicy, PolicyEvaluator, PolicyId } from 'nestjs-api-token';
import { expectPoliciesToHold, PolicyMatrixError } from 'nestjs-api-token/testing';
import { createApplication, type Platform, PLATFORMS } from '../support/application.js';
import { reviewServer } from '../support/review-server.js';

jest.setTimeout(60_000);

const runs: string[] = [];

beforeEach(() => {
  runs.length = 0;
});

@PolicyId('cat')
@Controller('cats')
class CatController {
  @Get(':id')
  find(@Param('id') id: string) {
    runs.push(`find ${id}`);
    return {};
  }

  @Delete(':id')
  remove(@Param('id') id: string) {
    runs.push(`remove ${id}`);
    return {};
  }
}

@PolicyId('archive')
@Controller('cats')
class ArchiveController {
  // Another status than that of the route which hides it.
  @HttpCode(410)
  @Get('archive')
  show() {
    runs.push('archive');
    return {};
  }
}

async function failure(app: INestApplication): Promise<PolicyMatrixError> {
  const result: unknown = await expectPoliciesToHold(app).catch((error: unknown) => error);
  if (result instanceof PolicyMatrixError) return result;
  throw new Error(`The matrix found nothing: ${JSON.stringify(result)}`);
}

/** An application whose test puts something in the place of a provider. */
async function failureOf(platform: Platform, provider: object, standIn: object): Promise<PolicyMatrixError> {
  const module = await Test.createTestingModule({ ...reviewServer(), controllers: [CatController] })
    .overrideProvider(provider)
    .useValue(standIn)
    .compile();
  const app = module.createNestApplication(
    platform === 'Express' ? new ExpressAdapter() : new FastifyAdapter(),
    { logger: false },
  );
  try {
    return await failure(app);
  } finally {
    await app.close();
  }
}

describe.each(PLATFORMS)('the matrix on %s notices', (platform) => {
  it('a test that has put something in the place of the guard', async () => {
    const { disagreements } = await failureOf(platform, ApiTokenPolicyGuard, { canActivate: () => true });
    expect(disagreements.map(({ got }) => got)).toContain('let in, and no policy was asked');
    expect(new Set(disagreements.map(({ method }) => method))).toEqual(new Set(['GET', 'HEAD', 'DELETE']));
    expect(runs).toEqual([]);
  });

  it('a test that has put something in the place of the evaluator', async () => {
    const generous = { compiled: () => compilePolicy({}) };
    const { disagreements } = await failureOf(platform, PolicyEvaluator, generous);
    expect(disagreements).toContainEqual({
      method: 'DELETE',
      path: '/cats/example',
      handler: 'CatController.remove',
      credential: 'read-only',
      promised: 'denied: cat example',
      got: 'allowed: cat example',
    });
    expect(runs).toEqual([]);
  });

  it('a policy ID without the guard, where the application starts all the same', async () => {
    const app = await createApplication(platform, {
      ...reviewServer({ audit: 'warn' }),
      controllers: [CatController],
      providers: [],
    });
    const { disagreements, requests } = await failure(app);
    expect(disagreements.map(({ handler, got }) => `${handler}: ${got}`)).toEqual([
      'CatController.find: none is bound',
      'CatController.remove: none is bound',
    ]);
    expect(requests).toBe(0);
  });

  it('a route that another one hides, which on Fastify none does', async () => {
    const app = await createApplication(platform, {
      ...reviewServer(),
      controllers: [CatController, ArchiveController],
    });
    if (platform === 'Fastify') {
      await expect(expectPoliciesToHold(app)).resolves.toBeDefined();
      return;
    }
    const { disagreements } = await failure(app);
    expect(disagreements).toContainEqual({
      method: 'GET',
      path: '/cats/archive',
      handler: 'ArchiveController.show',
      credential: 'full access',
      promised: 'allowed: archive',
      got: 'allowed: cat archive, as CatController.find',
    });
  });

  it('middleware that answers itself, and sends no second request: a handler may have run', async () => {
    const app = await createApplication(platform, { ...reviewServer(), controllers: [CatController] });
    app.use((_: unknown, response: { end(text: string): void }) => {
      runs.push('middleware');
      response.end('{}');
    });
    const { message, requests } = await failure(app);
    expect(message).toContain('not stopped before the handler, and answered 200');
    expect(message).toContain('Stopped here, as handlers may have run');
    expect(requests).toBe(1);
    expect(runs).toEqual(['middleware']);
  });

  it('and says it in a table', async () => {
    const app = await createApplication(platform, { ...reviewServer(), controllers: [CatController] });
    app.use('/cats/another', (_: unknown, response: { statusCode: number; end(): void }) => {
      response.statusCode = 404;
      response.end();
    });
    const { message } = await failure(app);
    expect(message.split('\n')).toEqual([
      expect.stringMatching(
        /^API tokens are not authorized as their policies promise \(12 times, in \d+ requests\):$/,
      ),
      '  METHOD  PATH           WITH                      PROMISED              GOT                                   HANDLER',
      '  GET     /cats/another  full access               allowed: cat another  answered 404 before the policy guard  CatController.find',
      '  DELETE  /cats/another  full access               allowed: cat another  answered 404 before the policy guard  CatController.remove',
      ...Array.from({ length: 10 }, () => expect.stringMatching(/^ {2}(?:GET|DELETE) +\/cats\/another /)),
      expect.stringMatching(/^What answers before the policy guard may want something: headers: /),
    ]);
  });
});
