import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Head, type INestApplication, Post, type Type } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { PolicyId } from 'nestjs-api-token';
import { createApplication, PLATFORMS, type Platform, startApplication } from '../support/application.js';
import { withControllers } from '../support/controllers.js';
import { capturedLog } from '../support/log.js';

@PolicyId('cat')
@Controller('cats')
class CatController {
  @Get()
  list() {
    return {};
  }

  @Get(':id')
  find() {
    return {};
  }

  @Post()
  create() {
    return {};
  }

  @Head('only/head')
  head() {
    return {};
  }
}

interface Response {
  send(body: string): void;
}
type Handler = (request: unknown, response: Response, next: () => void) => unknown;
type Raw = Record<'get' | 'post' | 'delete' | 'head' | 'all', (path: string, handler: Handler) => void>;

const answer: Handler = (_request, response) => void response.send('1');
/** As Express routes are often written, and as Nest's own are. */
const answerWithNext: Handler = (_request, response, _next) => void response.send('1');

const raw = (app: INestApplication) => app.getHttpAdapter() as unknown as Raw;

/** The routes outside controllers that the log warns of: one line, and its handlers. */
async function warnedOf(
  platform: Platform,
  configure: (app: INestApplication) => void | Promise<void>,
  { outside = [] as string[], controllers = [CatController] as Type[], adapter = undefined as never } = {},
): Promise<string[]> {
  const log = capturedLog();
  const metadata = withControllers(controllers, { audit: { outside } });
  const app = await createApplication(platform, metadata, adapter);
  await configure(app);
  await app.listen(0, '127.0.0.1');
  const lines = log.warn.filter((line) => line.includes('no guard runs here'));
  expect(log.warn).toEqual(lines);
  return lines.map((line) => line.slice(0, line.indexOf(': no guard')));
}

describe.each(PLATFORMS)('RB11 routes outside controllers on %s', (platform) => {
  it('are listed by method and path', async () => {
    expect(
      await warnedOf(platform, (app) => {
        raw(app).delete('/cats', answer);
        raw(app).get('/metrics', answer);
        raw(app).post('/cats/:name', answer);
        raw(app).head('/lonely', answer);
      }),
    ).toEqual([
      expect.stringMatching(
        /^(?:(?:DELETE \/cats|GET \/metrics|POST \/cats\/:name|HEAD \/lonely)(?:, |$)){4}$/,
      ),
    ]);
  });

  it('are listed where they answer every method of a path', async () => {
    expect(await warnedOf(platform, (app) => raw(app).all('/any/:path', answer))).toEqual(['ALL /any/:path']);
  });

  it('are known where the audit is told their paths', async () => {
    const configure = (app: INestApplication) => {
      raw(app).get('/metrics', answer);
      raw(app).get('/internal', answer);
      raw(app).get('/internal/deep/route', answer);
      raw(app).get('/internals', answer);
      raw(app).delete('/cats', answer);
    };
    expect(await warnedOf(platform, configure, { outside: ['/metrics', '/internal/*', '/cats/'] })).toEqual([
      'GET /internals',
    ]);
    expect(await warnedOf(platform, configure, { outside: ['*'] })).toEqual([]);
  });

  it("also stop the start with audit: 'strict', unless they are known", async () => {
    const start = async (outside: string[]) => {
      const metadata = withControllers([CatController], { audit: { level: 'strict', outside } });
      const app = await createApplication(platform, metadata);
      raw(app).get('/metrics', answer);
      await app.listen(0, '127.0.0.1');
    };
    await expect(start([])).rejects.toThrow('GET /metrics: no guard runs here');
    await expect(start(['/metrics'])).resolves.toBeUndefined();
  });
});

describe('RB11 on Express', () => {
  it('a route that takes `next` and shadows a controller is listed', async () => {
    expect(
      await warnedOf(
        'Express',
        (app) => {
          raw(app).get('/cats', answerWithNext);
          raw(app).get('/cats/*rest', answerWithNext);
        },
        { controllers: [CatController] },
      ),
    ).toEqual(['GET /cats, GET /cats/*rest']);
  });

  it('so is one of the application that was handed in', async () => {
    const express = createRequire(__filename)('express') as () => never;
    const server = express() as unknown as Raw;
    server.get('/cats', answerWithNext);
    expect(
      await warnedOf('Express', () => undefined, { adapter: new ExpressAdapter(server) as never }),
    ).toEqual(['GET /cats']);
  });

  it('a router, a router in it, another application and static files are listed with their paths', async () => {
    const express = createRequire(__filename)('express') as {
      (): Raw & { use(...args: unknown[]): void };
      Router(): Raw & { use(...args: unknown[]): void };
    };
    const queues = express.Router();
    const inner = express.Router();
    inner.get('/jobs/:id', answerWithNext);
    queues.get('/', answerWithNext);
    queues.post('/clean', answer);
    queues.use('/api', inner);
    queues.use((_request: unknown, _response: unknown, next: () => void) => next());
    const lines = await warnedOf('Express', (app) => {
      app.use('/queues', queues);
      app.use('/admin', express());
      app.use('/end', (_request: unknown, response: Response) => response.send('1'));
      app.use('/logged', (_request: unknown, _response: unknown, next: () => void) => next());
      (app as NestExpressApplication).useStaticAssets('test', { prefix: '/assets' });
    });
    expect(lines).toEqual([
      'GET /queues/, POST /queues/clean, GET /queues/api/jobs/:id, ALL /admin/*, ALL /end/*, GET /assets/*',
    ]);
  });
});

it('RB11 what Nest itself registers on Express under a global prefix is not listed', async () => {
  const prefixed = (app: INestApplication) =>
    void app.setGlobalPrefix('api', { exclude: ['cats', 'cats/:id'] });
  expect(await warnedOf('Express', prefixed)).toEqual([]);
  const proxied = (app: INestApplication) => {
    prefixed(app);
    const router = (createRequire(__filename)('express') as { Router(): Raw }).Router();
    router.all('*path', answer);
    app.use('/proxy', router);
  };
  expect(await warnedOf('Express', proxied)).toEqual(['ALL /proxy*path']);
});

describe('RB11 on Fastify', () => {
  it('routes that were registered before Nest had the server are listed', async () => {
    const adapter = new FastifyAdapter();
    const fastify = adapter.getInstance();
    fastify.get('/early', async () => ({}));
    fastify.get('/early/:id', async () => ({}));
    fastify.post('/early/wild/*', async () => ({}));
    fastify.delete('/cats', async () => ({}));
    fastify.all('/every', async () => ({}));
    const lines = await warnedOf('Fastify', (app) => app.enableCors(), { adapter: adapter as never });
    expect(lines.flatMap((line) => line.split(', ')).toSorted()).toEqual([
      'ALL /every',
      'DELETE /cats',
      'GET /early',
      'GET /early/:id',
      'POST /early/wild/*',
    ]);
  });

  it('routes are seen where a test makes the application of a compiled module', async () => {
    const log = capturedLog();
    const { imports, controllers, providers } = withControllers([CatController]);
    const module = await Test.createTestingModule({
      imports: imports!,
      controllers: controllers!,
      providers: providers!,
    }).compile();
    const app = module.createNestApplication(new FastifyAdapter());
    raw(app).get('/metrics', answer);
    await app.listen(0, '127.0.0.1');
    await app.close();
    expect(log.warn).toEqual([expect.stringContaining('GET /metrics: no guard runs here')]);
  });
});

describe.each(PLATFORMS)('RB12 @nestjs/swagger on %s', (platform) => {
  const setUp = (app: INestApplication) => {
    const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    SwaggerModule.setup('docs', app, document);
  };

  it('is one line', async () => {
    const lines = await warnedOf(platform, setUp);
    expect(lines).toHaveLength(1);
    for (const path of ['/docs', '/docs-json', '/docs-yaml']) expect(lines[0]).toContain(`GET ${path}`);
  });

  it('is known where the audit is told its paths', async () => {
    expect(await warnedOf(platform, setUp, { outside: ['/docs/*', '/docs-json', '/docs-yaml'] })).toEqual([]);
    expect(await warnedOf(platform, setUp, { outside: ['/docs*'] })).toEqual([]);
  });

  it('is known under a global prefix too', async () => {
    const prefixed = (app: INestApplication) => {
      app.setGlobalPrefix('api');
      const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
      SwaggerModule.setup('docs', app, document, { useGlobalPrefix: true });
    };
    expect(await warnedOf(platform, prefixed, { outside: ['/api/docs*'] })).toEqual([]);
    expect((await warnedOf(platform, prefixed)).join()).toContain('GET /api/docs');
  });

  it('serves without a guard what is known, and nothing else', async () => {
    const metadata = withControllers([CatController], { audit: { outside: ['/docs*'] } });
    const { send } = await startApplication(platform, metadata, setUp);
    expect((await send('GET', '/docs-json')).status).toBe(200);
    expect((await send('GET', '/cats')).status).toBe(401);
  });
});
