/** The application that is fuzzed, in a process of its own: so that a crash and the growth of its memory are seen. */
import 'reflect-metadata';
import {
  All,
  Body,
  Controller,
  Delete,
  Get,
  Module,
  Param,
  ParseIntPipe,
  Post,
  Put,
  Req,
  Res,
} from '@nestjs/common';
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

/** What a handler got, so that the fuzzer can tell whether it should have run: in a header, which HEAD has too. */
function reached(request, response, policyId, id) {
  const [token, place] = (getApiToken(request)?.note ?? '').split(' ');
  const reach = { token, storedAs: storedTexts[place], method: request.method, policyId, id };
  response.header('X-Reached', encodeURIComponent(JSON.stringify(reach)));
  return {};
}

const REQUEST_AND_RESPONSE = [Req(), Res({ passthrough: true })];

class ProjectController {
  list(request, response) {
    return reached(request, response, 'project', null);
  }
  find(request, response, id) {
    return reached(request, response, 'project', String(id));
  }
  remove(request, response, id) {
    return reached(request, response, 'project', String(id));
  }
}
decorate(ProjectController, [PolicyId('project'), Controller('projects')], {
  list: { decorators: [Get()], params: REQUEST_AND_RESPONSE },
  find: { decorators: [Get(':id')], params: [...REQUEST_AND_RESPONSE, Param('id', ParseIntPipe)] },
  remove: { decorators: [Delete(':id')], params: [...REQUEST_AND_RESPONSE, Param('id', ParseIntPipe)] },
});

class FileController {
  find(request, response, name) {
    return reached(request, response, 'file', name);
  }
  write(request, response, name) {
    return reached(request, response, 'file', name);
  }
}
decorate(FileController, [PolicyId('file'), Controller('files')], {
  find: { decorators: [Get(':name')], params: [...REQUEST_AND_RESPONSE, Param('name')] },
  write: { decorators: [Put(':name')], params: [...REQUEST_AND_RESPONSE, Param('name')] },
});
PolicyId('file', { param: 'name' })(FileController);

/** Takes every method. */
class AnythingController {
  any(request, response, name) {
    return reached(request, response, 'anything', name);
  }
}
decorate(AnythingController, [PolicyId('anything', { param: 'name' }), Controller('anything')], {
  any: { decorators: [All(':name')], params: [...REQUEST_AND_RESPONSE, Param('name')] },
});

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
    storedTexts.push(body.text);
    return {};
  }
}
Reflect.defineMetadata('design:paramtypes', [ApiTokenService], PolicyController);
decorate(PolicyController, [SkipApiTokenPolicy(), Controller('policies')], {
  write: { decorators: [Post()], params: [Body()] },
  store: { decorators: [Put()], params: [Body()] },
});

const storedTexts = ['{}'];
let fault = 'none';

/** Fails as it is told, and answers with a damaged policy for one token. */
class FuzzedStore extends InMemoryApiTokenStore {
  findByDigest(digests) {
    if (fault === 'throw') throw new Error('postgres://user:password@db');
    if (fault === 'reject') return Promise.reject(new Error('postgres://user:password@db'));
    if (fault === 'hang') return new Promise(() => undefined);
    const record = super.findByDigest(digests);
    if (record?.note !== 'stored') return record;
    const place = storedTexts.length - 1;
    // Its place goes along, so that the fuzzer can authorize by the text that this request was authorized by.
    return { ...record, policy: storedTexts[place], note: `stored ${place}` };
  }
}

const root = Module({
  imports: [
    ApiTokenModule.forRoot({
      repository: FuzzedStore,
      token: { prefix: 'acme' },
      requests: { headers: ['x-api-key'] },
      timeouts: { lookupMs: 20 },
      cache: { lifetimeMs: 20, maxTokens: 1_000 },
    }),
  ],
  controllers: [ProjectController, FileController, AnythingController, PolicyController],
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
