/** An application under a tracer, which asks itself for each of its routes: `node traced-server.cjs <tracer> <platform>`. */
'use strict';
const assert = require('node:assert/strict');
const [tracer, platform] = process.argv.slice(2);

// Before anything else, as their manuals say: they replace what Nest's modules export when these are loaded.
const spans = startTracer();
require('reflect-metadata');
const {
  Controller,
  Delete,
  Get,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
  Post,
  Scope,
  UseGuards,
} = require('@nestjs/common');
const { APP_GUARD, NestFactory } = require('@nestjs/core');
const {
  ApiTokenAccess,
  ApiTokenModule,
  ApiTokenPolicyGuard,
  ApiTokenService,
  InMemoryApiTokenStore,
  PolicyId,
  SkipApiTokenPolicy,
} = require('./dist/cjs/index.js');

function startTracer() {
  const names = new Set();
  if (tracer === 'OpenTelemetry') {
    const { registerInstrumentations } = require('@opentelemetry/instrumentation');
    const { NestInstrumentation } = require('@opentelemetry/instrumentation-nestjs-core');
    const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node');
    const processor = {
      onStart: () => undefined,
      onEnd: (span) => names.add(span.name),
      forceFlush: async () => undefined,
      shutdown: async () => undefined,
    };
    new NodeTracerProvider({ spanProcessors: [processor] }).register();
    registerInstrumentations({ instrumentations: [new NestInstrumentation()] });
  } else {
    const Sentry = require('@sentry/nestjs');
    const client = Sentry.init({
      dsn: 'http://key@127.0.0.1:9/1',
      tracesSampleRate: 1,
      transport: () => ({ send: async () => ({}), flush: async () => true }),
    });
    client.on('spanEnd', (span) => names.add(Sentry.spanToJSON(span).description));
  }
  return names;
}

/** Applies decorators as a compiler does: the last one first. */
function decorate(type, decorators, methods) {
  for (const [name, own] of Object.entries(methods)) {
    const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name);
    for (const decorator of own.toReversed()) decorator(type.prototype, name, descriptor);
  }
  for (const decorator of decorators.toReversed()) decorator(type);
}

const called = new Set();

/** Notes what Nest is about to call, which shows whether the tracer is at work. */
class NoteGuard {
  canActivate(context) {
    called.add(context.getHandler());
    return true;
  }
}
decorate(NoteGuard, [Injectable()], {});

function catController(path, scope, isBound) {
  class CatController {
    constructor() {
      if (!isBound) return;
      for (const name of ['list', 'find', 'remove', 'health', 'closed']) this[name] = this[name].bind(this);
    }
    list() {
      return [];
    }
    health() {
      return {};
    }
    closed() {
      return {};
    }
    find(id) {
      return { id };
    }
    remove(id) {
      return { id };
    }
  }
  const id = (...decorated) => Param('id', ParseIntPipe)(decorated[0], decorated[1], 0);
  decorate(CatController, [Controller({ path, scope }), PolicyId('cat')], {
    list: [Get()],
    health: [Get('health'), SkipApiTokenPolicy()],
    closed: [Post('closed'), ApiTokenAccess(false)],
    find: [Get(':id'), id],
    remove: [Delete(':id'), id],
  });
  return CatController;
}

/** The guard bound to a method alone: Nest reads it off the function that the tracer put in the method's place. */
class DogController {
  list() {
    return [];
  }
}
decorate(DogController, [Controller('dogs'), PolicyId('dog')], {
  list: [Get(), UseGuards(ApiTokenPolicyGuard)],
});

async function main() {
  class CatModule {}
  decorate(
    CatModule,
    [
      Module({
        imports: [ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token: { prefix: 'acme' } })],
        controllers: [
          catController('cats', Scope.DEFAULT, false),
          catController('bound-cats', Scope.DEFAULT, true),
          catController('request-cats', Scope.REQUEST, false),
        ],
        providers: [
          { provide: APP_GUARD, useClass: NoteGuard },
          { provide: APP_GUARD, useExisting: ApiTokenPolicyGuard },
        ],
      }),
    ],
    {},
  );
  class AppModule {}
  decorate(AppModule, [Module({ imports: [CatModule], controllers: [DogController] })], {});

  const { ExpressAdapter } = require('@nestjs/platform-express');
  const { FastifyAdapter } = require('@nestjs/platform-fastify');
  const adapter = platform === 'Express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(AppModule, adapter, { logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${app.getHttpServer().address().port}`;
  const tokens = app.get(ApiTokenService);
  const issue = async (policy) => (await tokens.issue({ ownerId: 'grumpy', policy })).secret;
  const full = await issue('full-access');
  const limited = await issue({
    resources: { '*': { block: ['DELETE'] }, cat: { 2: { block: ['*'] } }, dog: { '*': { block: ['*'] } } },
  });

  let requests = 0;
  async function expectStatus(status, method, path, secret) {
    requests += 1;
    const headers = { Connection: 'close', ...(secret && { Authorization: `Bearer ${secret}` }) };
    const response = await fetch(url + path, { method, headers });
    await response.arrayBuffer();
    assert.equal(response.status, status, `${method} ${path}`);
  }

  for (const cats of ['/cats', '/bound-cats', '/request-cats']) {
    await expectStatus(200, 'GET', cats, full);
    await expectStatus(401, 'GET', cats);
    await expectStatus(200, 'GET', `${cats}/1`, limited);
    await expectStatus(403, 'GET', `${cats}/2`, limited);
    await expectStatus(400, 'GET', `${cats}/02`, limited);
    await expectStatus(403, 'DELETE', `${cats}/1`, limited);
    await expectStatus(200, 'DELETE', `${cats}/1`, full);
    await expectStatus(200, 'GET', `${cats}/health`);
    await expectStatus(403, 'POST', `${cats}/closed`, full);
  }
  await expectStatus(200, 'GET', '/dogs', full);
  await expectStatus(403, 'GET', '/dogs', limited);
  await expectStatus(401, 'GET', '/dogs');

  for (const name of ['find', 'list'])
    assert.ok(spans.has(name), `no span ${name} among ${[...spans].join(', ')}`);
  if (tracer === 'Sentry') assert.ok(spans.has('ApiTokenPolicyGuard'), 'the guard is not traced');
  assert.ok(!called.has(DogController.prototype.list), 'the tracer replaces no handler');
  await app.close();
  process.send({ requests, functions: called.size });
  process.disconnect();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
