/** A process that serves requests while its parts fail, one after the other, and nobody handles what they reject. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  ApiTokenEvents,
  ApiTokenModule,
  ApiTokenPolicyGuard,
  ApiTokenService,
  DefaultTokenGenerator,
  InMemoryApiTokenStore,
  PolicyId,
} from 'nestjs-api-token';

const DEADLINE_MS = 30;
/** So long that a timer which nobody stopped is still there when they are counted. */
const MANAGEMENT_DEADLINE_MS = 1_000;
const FULL = { ownerId: 'grumpy', policy: 'full-access' };
const failures = new Map();

/** Asks a part, or lets it fail. */
function ask(part, healthy) {
  const failure = failures.get(part);
  return failure === undefined ? healthy() : failure();
}

const FAILURES = {
  throws: () => {
    throw new Error('driver');
  },
  rejects: async () => {
    throw new Error('driver');
  },
  'rejects later': async () => {
    await setTimeout(2 * DEADLINE_MS);
    throw new Error('driver');
  },
  hangs: () => new Promise(() => undefined),
};

/** Parts that change nothing when they fail, and the status that stays. */
const HARMLESS = new Map([
  ['exceptionFactory', 401],
  ['subscriber', 401],
  ['recordUses', 200],
]);

class FaultyStore extends InMemoryApiTokenStore {
  findByDigest(digests) {
    return ask('findByDigest', () => super.findByDigest(digests));
  }

  recordUses(uses) {
    return ask('recordUses', () => super.recordUses(uses));
  }

  revoke(...change) {
    return ask('revoke', () => super.revoke(...change));
  }
}

class FaultyGenerator extends DefaultTokenGenerator {
  claims(credential) {
    return ask('claims', () => super.claims(credential));
  }

  hasShape(credential) {
    return ask('hasShape', () => super.hasShape(credential));
  }

  hasValidChecksum(credential) {
    return ask('hasValidChecksum', () => super.hasValidChecksum(credential));
  }
}

class ItemController {
  find() {
    return {};
  }
}
Controller('items/:id')(ItemController);
PolicyId('item', { canonical: (raw) => ask('canonicalizer', () => raw) })(ItemController);
Get()(ItemController.prototype, 'find', Object.getOwnPropertyDescriptor(ItemController.prototype, 'find'));

class AppModule {}
Module({
  imports: [
    ApiTokenModule.forRoot({
      repository: { useValue: new FaultyStore() },
      ownerProvider: { useValue: { load: (id) => ask('owner provider', () => ({ id })) } },
      token: { prefix: 'acme', formats: { issued: new FaultyGenerator({ prefix: 'faulty' }) } },
      timeouts: { lookupMs: DEADLINE_MS, managementMs: MANAGEMENT_DEADLINE_MS },
      lastUsed: { flushMs: 5 },
      clock: () => ask('clock', Date.now),
      requests: { skipIf: () => ask('skipIf', () => false) },
      errors: { exceptionFactory: (_, exception) => ask('exceptionFactory', () => exception) },
    }),
  ],
  controllers: [ItemController],
  providers: [{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }],
})(AppModule);

const adapter = process.argv[2] === 'Express' ? new ExpressAdapter() : new FastifyAdapter();
const app = await NestFactory.create(AppModule, adapter, { logger: false });
await app.listen(0, '127.0.0.1');
const url = `${await app.getUrl()}/items/1`;
const tokens = app.get(ApiTokenService);
app.get(ApiTokenEvents).subscribe(() => ask('subscriber', () => undefined));

let requests = 0;

async function statusOf(secret) {
  requests += 1;
  const response = await fetch(url, { headers: { Authorization: `Bearer ${secret}`, Connection: 'close' } });
  await response.arrayBuffer();
  return response.status;
}

async function timersLeft() {
  await setTimeout(4 * DEADLINE_MS);
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}

const PARTS = [
  'findByDigest',
  'owner provider',
  'clock',
  'skipIf',
  'canonicalizer',
  'claims',
  'hasShape',
  'hasValidChecksum',
  ...HARMLESS.keys(),
];
assert.equal(await statusOf((await tokens.issue(FULL)).secret), 200);
const timers = await timersLeft();

for (const part of PARTS) {
  for (const [way, failure] of Object.entries(FAILURES)) {
    const { secret } = await tokens.issue(FULL);
    const isRejected = HARMLESS.get(part) === 401;
    failures.set(part, failure);
    const status = await statusOf(isRejected ? 'unknown' : secret);
    assert.equal(status, HARMLESS.get(part) ?? 503, `${part} ${way}`);
    await setTimeout(way === 'rejects later' ? 3 * DEADLINE_MS : 0);
    failures.clear();
    assert.equal(await statusOf(secret), 200, `after ${part} ${way}`);
  }
}

for (const [way, failure] of Object.entries(FAILURES)) {
  const { token, secret } = await tokens.issue(FULL);
  failures.set('revoke', failure);
  await assert.rejects(tokens.revoke(token.id), `revoke ${way}`);
  failures.clear();
  await tokens.revoke(token.id);
  assert.equal(await statusOf(secret), 401, `after revoke ${way}`);
}

assert.equal(await timersLeft(), timers);
assert.deepEqual(
  ['unhandledRejection', 'uncaughtException'].map((name) => process.listenerCount(name)),
  [0, 0],
);

// What can't be written must not keep it from ending.
assert.equal(await statusOf((await tokens.issue(FULL)).secret), 200);
failures.set('recordUses', FAILURES.hangs);
await app.close();
process.send({ requests });
process.disconnect();
