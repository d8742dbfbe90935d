/** The application that is fuzzed, in a process of its own: so that a crash and the growth of its memory are seen. */
import 'reflect-metadata';
import { Body, Controller, Delete, Get, Module, Param, ParseIntPipe, Post, Put, Req } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  ApiTokenModule,
  ApiTokenPolicyGuard,
  ApiTokenService,
  getApiToken,
  InMemoryApiTokenStore,
  InvalidTokenPolicyError,
  parseTokenPolicy,
  PolicyId,
  SkipApiTokenPolicy,
} from 'nestjs-api-token';
import { TOKENS } from './tokens.mjs';

/** Applies decorators as TypeScript would. */
function decorate(type, classDecorators, methods) {
  for (const [name, { decorators, params = [] }] of Object.entries(methods)) {
    const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name);
    for (const decorator of decorators) decorator(type.prototype, name, descriptor);
    params.forEach((decorator, index) => decorator(type.prototype, name, index));
  }
  for (const decorator of classDecorators) decorator(type);
  return type;
}

/** What a handler got, so that the fuzzer can tell whether it should have run. */
function reached(request, policyId, id) {
  return { reached: { token: getApiToken(request)?.note, method: request.method, policyId, id } };
}

class RepositoryController {
  list(request) {
    return reached(request, 'repository', null);
  }
  find(request, id) {
    return reached(request, 'repository', String(id));
  }
  remove(request, id) {
    return reached(request, 'repository', String(id));
  }
}
decorate(RepositoryController, [PolicyId('repository'), Controller('repositories')], {
  list: { decorators: [Get()], params: [Req()] },
  find: { decorators: [Get(':id')], params: [Req(), Param('id', ParseIntPipe)] },
  remove: { decorators: [Delete(':id')], params: [Req(), Param('id', ParseIntPipe)] },
});

class FileController {
  find(request, name) {
    return reached(request, 'file', name);
  }
  write(request, name) {
    return reached(request, 'file', name);
  }
}
decorate(FileController, [PolicyId('file'), Controller('files')], {
  find: { decorators: [Get(':name')], params: [Req(), Param('name')] },
  write: { decorators: [Put(':name')], params: [Req(), Param('name')] },
});
PolicyId('file', { param: 'name' })(FileController);

/** Takes policies as people type them. */
class PolicyController {
  constructor(tokens) {
    this.tokens = tokens;
  }
  async write({ text }) {
    try {
      const policy = parseTokenPolicy(text);
      if (Object.keys(policy).length === 0) return { accepted: true };
      const { token, secret } = await this.tokens.issue({ ownerId: 'fuzzer', policy });
      const stored = await this.tokens.find(token.id);
      await this.tokens.remove(token.id);
      return { accepted: true, isSame: JSON.stringify(stored.policy) === JSON.stringify(policy), secret };
    } catch (error) {
      if (error instanceof InvalidTokenPolicyError) return { accepted: false, issues: error.issues.length };
      throw error;
    }
  }
  /** A policy that came into the store past every check. */
  store(body) {
    stored = body.text;
    return {};
  }
}
Reflect.defineMetadata('design:paramtypes', [ApiTokenService], PolicyController);
decorate(PolicyController, [SkipApiTokenPolicy(), Controller('policies')], {
  write: { decorators: [Post()], params: [Body()] },
  store: { decorators: [Put()], params: [Body()] },
});

let stored = '{}';
let fault = 'none';

/** Fails as it is told, and answers with a damaged policy for one token. */
class FuzzedStore extends InMemoryApiTokenStore {
  findByDigest(digests) {
    if (fault === 'throw') throw new Error('postgres://user:password@db');
    if (fault === 'reject') return Promise.reject(new Error('postgres://user:password@db'));
    if (fault === 'hang') return new Promise(() => undefined);
    const record = super.findByDigest(digests);
    return record?.note === 'stored' ? { ...record, policy: stored } : record;
  }
}

const root = Module({
  imports: [
    ApiTokenModule.forRoot({
      repository: FuzzedStore,
      token: { prefix: 'acme' },
      headers: ['x-api-key'],
      deadlineMs: 20,
      cache: { lifetimeMs: 20, maxTokens: 1_000 },
    }),
  ],
  controllers: [RepositoryController, FileController, PolicyController],
  providers: [{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }],
});
class AppModule {}
root(AppModule);

const adapter = process.argv[2] === 'Express' ? new ExpressAdapter() : new FastifyAdapter();
const app = await NestFactory.create(AppModule, adapter, { logger: false });
await app.listen(0, '127.0.0.1');
const secrets = {};
for (const [note, { policy }] of Object.entries(TOKENS)) {
  ({ secret: secrets[note] } = await app.get(ApiTokenService).issue({ ownerId: 'fuzzer', note, policy }));
}

process.on('message', (message) => {
  if ('fault' in message) ({ fault } = message);
  globalThis.gc();
  process.send({ heapUsed: process.memoryUsage().heapUsed });
});
process.send({ port: app.getHttpServer().address().port, secrets });
