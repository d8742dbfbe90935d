/**
 * An application under a tracer, which sends itself requests for each kind of route:
 * `node --expose-gc traced-server.cjs <tracer> <platform> [requests]`. With a number it sends as many for controllers
 * that are made for each request, and says how much more memory is in use afterwards.
 */
'use strict';
const assert = require('node:assert/strict');
const { Agent, request: httpRequest } = require('node:http');
const [tracer, platform, soak] = process.argv.slice(2);

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
  ApiTokenEvents,
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
function decorate(type, decorators, methods = {}) {
  for (const [name, own] of Object.entries(methods)) {
    const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name);
    for (const decorator of own.toReversed()) decorator(type.prototype, name, descriptor);
  }
  for (const decorator of decorators.toReversed()) decorator(type);
}

/** The functions that Nest calls, which show whether the tracer is at work. */
const called = new WeakSet();
let calledCount = 0;
class NoteGuard {
  canActivate(context) {
    if (!called.has(context.getHandler())) calledCount += 1;
    called.add(context.getHandler());
    return true;
  }
}
decorate(NoteGuard, [Injectable()]);

const HANDLERS = ['list', 'find', 'remove', 'health', 'closed'];
const id = (target, name) => Param('id', ParseIntPipe)(target, name, 0);

function catController(path, { scope = Scope.DEFAULT, isBound = false } = {}) {
  class CatController {
    constructor() {
      if (isBound) for (const name of HANDLERS) this[name] = this[name].bind(this);
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
    find(item) {
      return { id: item };
    }
    remove(item) {
      return { id: item };
    }
  }
  decorate(CatController, [Controller({ path, scope }), PolicyId('cat')], {
    list: [Get()],
    health: [Get('health'), SkipApiTokenPolicy()],
    closed: [Post('closed'), ApiTokenAccess(false)],
    find: [Get(':id'), id],
    remove: [Delete(':id'), id],
  });
  return CatController;
}

/** The guard on a method alone: Nest reads it off the function that the tracer put in the method's place. */
class DogController {
  list() {
    return [];
  }
}
decorate(DogController, [Controller('dogs'), PolicyId('dog')], {
  list: [Get(), UseGuards(ApiTokenPolicyGuard)],
});

/** A class that is skipped but for one method. */
function skippedController(path, isBound) {
  class FishController {
    constructor() {
      if (isBound) for (const name of ['open', 'list']) this[name] = this[name].bind(this);
    }
    open() {
      return {};
    }
    list() {
      return [];
    }
  }
  decorate(FishController, [Controller(path), SkipApiTokenPolicy(), PolicyId('fish')], {
    open: [Get('open')],
    list: [Get(), SkipApiTokenPolicy(false)],
  });
  return FishController;
}

/** Controllers whose handler is one function object, with policies of their own. */
class Inherited {
  find(item) {
    return { id: item };
  }
}
decorate(Inherited, [], { find: [Get(':id'), id] });
function heirController(path, policyId) {
  class HeirController extends Inherited {}
  decorate(HeirController, [Controller(path), PolicyId(policyId)]);
  return HeirController;
}

function application() {
  class CatModule {}
  decorate(CatModule, [
    Module({
      imports: [ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token: { prefix: 'acme' } })],
      controllers: [
        catController('cats'),
        catController('bound-cats', { isBound: true }),
        catController('request-cats', { scope: Scope.REQUEST }),
        catController('bound-request-cats', { scope: Scope.REQUEST, isBound: true }),
        skippedController('fish', false),
        skippedController('bound-fish', true),
        heirController('heirs', 'heir'),
        heirController('heiresses', 'heiress'),
      ],
      providers: [
        { provide: APP_GUARD, useClass: NoteGuard },
        { provide: APP_GUARD, useExisting: ApiTokenPolicyGuard },
      ],
    }),
  ]);
  class AppModule {}
  decorate(AppModule, [Module({ imports: [CatModule], controllers: [DogController] })]);
  return AppModule;
}

async function main() {
  const { ExpressAdapter } = require('@nestjs/platform-express');
  const { FastifyAdapter } = require('@nestjs/platform-fastify');
  const adapter = platform === 'Express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(application(), adapter, { logger: false, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address();
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const tokens = app.get(ApiTokenService);
  const issue = async (policy) => (await tokens.issue({ ownerId: 'grumpy', policy })).secret;

  const send = (method, path, secret) =>
    new Promise((resolve, reject) => {
      const headers = secret === undefined ? {} : { Authorization: `Bearer ${secret}` };
      httpRequest({ agent, host: '127.0.0.1', port, method, path, headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      })
        .on('error', reject)
        .end();
    });

  try {
    process.send(
      soak === undefined ? await sendOfEachKind(app, send, issue) : await measure(send, issue, Number(soak)),
    );
  } finally {
    agent.destroy();
    await app.close();
    process.disconnect();
  }
}

async function sendOfEachKind(app, send, issue) {
  const full = await issue('full-access');
  const limited = await issue({
    resources: {
      '*': { block: ['DELETE'] },
      cat: { 2: { block: ['*'] } },
      heir: { 2: { block: ['*'] } },
      heiress: { 3: { block: ['*'] } },
      dog: { '*': { block: ['*'] } },
    },
  });
  const refused = [];
  app.get(ApiTokenEvents).subscribe((event) => event.type === 'handler-refused' && refused.push(event));
  const wrong = [];
  const expectStatus = async (status, method, path, secret) => {
    const sent = await send(method, path, secret);
    if (sent !== status) wrong.push(`${method} ${path}: ${sent}, not ${status}`);
  };

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
    await expectStatus(401, 'POST', `${cats}/closed`);
  }
  for (const fish of ['/fish', '/bound-fish']) {
    await expectStatus(200, 'GET', `${fish}/open`);
    await expectStatus(401, 'GET', fish);
    await expectStatus(200, 'GET', fish, full);
  }
  await expectStatus(403, 'GET', '/heirs/2', limited);
  await expectStatus(200, 'GET', '/heirs/3', limited);
  await expectStatus(200, 'GET', '/heiresses/2', limited);
  await expectStatus(403, 'GET', '/heiresses/3', limited);
  await expectStatus(200, 'GET', '/dogs', full);
  await expectStatus(403, 'GET', '/dogs', limited);
  await expectStatus(401, 'GET', '/dogs');
  assert.deepEqual(wrong, []);
  assert.deepEqual(refused, []);

  for (const name of ['find', 'list'])
    assert.ok(spans.has(name), `no span ${name} among ${[...spans].join(', ')}`);
  assert.ok(!called.has(DogController.prototype.list), 'the tracer replaces no handler');

  // The tracer wraps what the constructor has bound for this request: nothing tells which handler it is.
  for (const secret of [full, undefined]) {
    for (const path of ['', '/1', '/health'])
      await expectStatus(403, 'GET', `/bound-request-cats${path}`, secret);
  }
  assert.deepEqual(wrong, []);
  assert.ok(refused.length > 0 && refused.every(({ reason }) => reason === 'route-unknown'));
  return { functions: calledCount };
}

/** Sends requests for controllers that are made for each request, and says how much more memory is in use afterwards. */
async function measure(send, issue, requests) {
  const secret = await issue('full-access');
  const statuses = new Set();
  const run = async (count) => {
    const paths = ['/bound-request-cats/1', '/request-cats/1'];
    let left = count;
    const sendInTurn = async () => {
      while (left > 0) {
        left -= 1;
        const path = paths[left % paths.length];
        statuses.add(`${path} ${await send('GET', path, secret)}`);
      }
    };
    await Promise.all([1, 2, 3, 4].map(sendInTurn));
  };
  const used = () => {
    globalThis.gc();
    return process.memoryUsage().heapUsed;
  };
  await run(2_000);
  const before = used();
  await run(requests);
  return { grownBytes: used() - before, statuses: [...statuses].toSorted(), functions: calledCount };
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
