/** The guard, called directly, beside one that does the least and one that does nothing. */
import 'reflect-metadata';
import { hash, randomUUID } from 'node:crypto';
import { Controller, Get, Module, Param, ParseIntPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ApiTokenModule,
  ApiTokenPolicyGuard,
  ApiTokenService,
  InMemoryApiTokenStore,
  PolicyId,
} from 'nestjs-api-token';
import { ownLoop, race, summary, timed } from './harness.mjs';
import { makePolicy } from './workload.mjs';

/**
 * Few enough requests that they are still in the processor's cache when the guard reads them, as those are that a server
 * has just parsed; then a turn of the event loop, so that timers run.
 */
const REQUESTS_PER_TURN = 25;
const TURNS_PER_SAMPLE = 240;
const TOKENS = 16;

/**
 * The same methods as Nest's own context, which its packages do not export from their root.
 */
class HttpContext {
  constructor(args, controller, handler) {
    this.args = args;
    this.controller = controller;
    this.handler = handler;
  }
  getType() {
    return 'http';
  }
  getClass() {
    return this.controller;
  }
  getHandler() {
    return this.handler;
  }
  getArgs() {
    return this.args;
  }
  getArgByIndex(index) {
    return this.args[index];
  }
  switchToHttp() {
    return Object.assign(this, {
      getRequest: () => this.getArgByIndex(0),
      getResponse: () => this.getArgByIndex(1),
      getNext: () => this.getArgByIndex(2),
    });
  }
}

class EmptyGuard {
  canActivate() {
    return true;
  }
}

/** The limit: what is left of a guard that serves one route, one format and a Map, and explains nothing. */
class MinimalGuard {
  #tokens;

  constructor(secrets) {
    const entry = { expiresAt: Infinity, items: new Map([['42', 1]]) };
    this.#tokens = new Map(secrets.map((secret) => [hash('sha256', secret, 'base64url'), entry]));
  }

  canActivate(context) {
    const request = context.getArgByIndex(0);
    let fields = 0;
    for (let index = 0; index < request.rawHeaders.length; index += 2) {
      const name = request.rawHeaders[index];
      if (name.length === 13 && name.toLowerCase() === 'authorization') fields += 1;
    }
    const { authorization } = request.headers;
    if (fields !== 1 || !authorization.startsWith('Bearer ')) return false;
    const secret = authorization.slice(7);
    if (!SHAPE.test(secret)) return false;
    const entry = this.#tokens.get(hash('sha256', secret, 'base64url'));
    if (entry === undefined || Date.now() >= entry.expiresAt) return false;
    const { id } = request.params;
    if (!INTEGER.test(id) || (entry.items.get(id) & 1) === 0) return false;
    request[SLOT] = entry;
    return true;
  }
}

const SHAPE = /^bench_[0-9A-Za-z]{49}$/;
const INTEGER = /^(?:0|[1-9]\d{0,14})$/;
const SLOT = Symbol('token');

class RepositoryController {
  read() {}
}
// What the decorators do; plain JavaScript has no syntax for them yet.
const read = Object.getOwnPropertyDescriptor(RepositoryController.prototype, 'read');
Param('id', ParseIntPipe)(RepositoryController.prototype, 'read', 0);
Get(':id')(RepositoryController.prototype, 'read', read);
PolicyId('repository')(RepositoryController);
Controller('repositories')(RepositoryController);

/**
 * Times the guard with its tokens in the cache, without a pepper.
 *
 * @param {{ rounds: number, warmUps: number }} plan
 * @returns {Promise<import('./harness.mjs').Timing[]>} Of the guard, of the limit, of the empty one.
 */
export async function raceGuards(plan) {
  class AppModule {}
  Module({
    imports: [ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token: { prefix: 'bench' } })],
    controllers: [RepositoryController],
  })(AppModule);
  const application = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'fatal'] });
  try {
    const secrets = await issueTokens(application.get(ApiTokenService, { strict: false }));
    const guards = [
      {
        name: 'ApiTokenPolicyGuard, token in the cache',
        guard: application.get(ApiTokenPolicyGuard, { strict: false }),
      },
      { name: 'hand-written minimal guard (limit)', guard: new MinimalGuard(secrets) },
      { name: 'empty guard', guard: new EmptyGuard() },
    ];
    return await race(
      guards.map(({ name, guard }) => guardContestant(name, guard, secrets)),
      plan,
    );
  } finally {
    await application.close();
  }
}

/** Many tokens: what is looked up should not always be what was looked up last. */
async function issueTokens(service) {
  const listed = makePolicy(1, 5).resources.resource_0;
  const policy = {
    resources: { '*': { block: ['DELETE'] }, repository: { ...listed, 42: { allow: ['GET'] } } },
  };
  const issued = Array.from({ length: TOKENS }, () => service.issue({ ownerId: randomUUID(), policy }));
  return (await Promise.all(issued)).map(({ secret }) => secret);
}

function guardContestant(name, guard, secrets) {
  const loop = ownLoop(name, 'subject.canActivate(each) === true');
  const turn = async (pool) => {
    // The cache keeps a token for seconds: those that ran out are read again here, outside of what is timed.
    for (const context of makeContexts(secrets, secrets.length)) await guard.canActivate(context);
    let admitted = 0;
    const nanoseconds = timed(() => (admitted = loop(guard, pool)));
    if (admitted !== pool.length) throw new Error(`${name} admitted ${admitted} of ${pool.length} at once`);
    return nanoseconds;
  };
  return {
    name,
    async sample() {
      const turns = [];
      for (let count = 0; count < TURNS_PER_SAMPLE; count += 1) {
        // New requests each time: the guard leaves its answer on a request and does not work twice for it.
        turns.push(await turn(makeContexts(secrets, REQUESTS_PER_TURN)));
        await new Promise(setImmediate);
      }
      // The median turn: one in which the machine gave the core to somebody else says nothing about a guard.
      return summary(turns).median / REQUESTS_PER_TURN;
    },
  };
}

function makeContexts(secrets, count) {
  const handler = RepositoryController.prototype.read;
  return Array.from({ length: count }, (_, index) => {
    const request = makeRequest(secrets[index % secrets.length]);
    return new HttpContext([request, {}, () => {}], RepositoryController, handler);
  });
}

/** What Express hands over for a request of a command-line client behind a proxy. */
function makeRequest(secret) {
  const rawHeaders = [
    ['Host', 'api.example.com'],
    ['User-Agent', 'client/4.2.1 (linux; x64)'],
    ['Accept', 'application/json'],
    ['Accept-Encoding', 'gzip, br'],
    ['Authorization', `Bearer ${secret}`],
    ['X-Forwarded-For', '203.0.113.7'],
    ['X-Request-Id', '0192f0c1-7b1a-7cc3-98c4-dc0c0c07398f'],
    ['Connection', 'keep-alive'],
    // Through bytes, as from a socket: flat strings that nobody has hashed yet.
  ].flatMap((field) => field.map((text) => Buffer.from(text).toString('latin1')));
  const headers = {};
  for (let index = 0; index < rawHeaders.length; index += 2)
    headers[rawHeaders[index].toLowerCase()] = rawHeaders[index + 1];
  return {
    method: 'GET',
    url: '/repositories/42',
    headers,
    rawHeaders,
    params: { id: Buffer.from('42').toString('latin1') },
  };
}
