/**
 * A server with the same item route several times, each behind another guard, so that they share everything else: two
 * processes of one and the same code may differ by more than a guard costs.
 */
import 'reflect-metadata';
import { Controller, Get, Module, Param, ParseIntPipe, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ApiTokenModule,
  ApiTokenPolicyGuard,
  ApiTokenService,
  InMemoryApiTokenStore,
  PolicyId,
} from 'nestjs-api-token';
import { issueTokens } from '../contestants/guards/api-token-policy-guard.mjs';
import { MinimalGuard } from '../contestants/guards/minimal-guard.mjs';
import { makeSecrets } from '../contestants/guards/secrets.mjs';
import { POLICY_ID } from '../workload/repository-route.mjs';

const TOKENS = 16;

const PLATFORMS = {
  Express: async () => (await import('@nestjs/platform-express')).ExpressAdapter,
  Fastify: async () => (await import('@nestjs/platform-fastify')).FastifyAdapter,
};

let application;

/**
 * @param {{ platform: 'Express' | 'Fastify', routes: string[] }} options The routes in the order in which they are
 * declared: Express tries one after the other.
 */
export async function measure({ platform, routes }) {
  const minimalSecrets = makeSecrets(TOKENS);
  const guards = {
    none: [],
    again: [],
    minimal: [UseGuards(new MinimalGuard(minimalSecrets))],
    ours: [UseGuards(ApiTokenPolicyGuard), PolicyId(POLICY_ID)],
  };
  class AppModule {}
  Module({
    imports: [ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token: { prefix: 'bench' } })],
    controllers: routes.map((name) => makeController(name, guards[name])),
  })(AppModule);
  const Adapter = await PLATFORMS[platform]();
  application = await NestFactory.create(AppModule, new Adapter(), { logger: ['error', 'fatal'] });
  await application.listen(0, '127.0.0.1');
  const ourSecrets = await issueTokens(application.get(ApiTokenService), TOKENS);
  return {
    port: application.getHttpServer().address().port,
    secrets: { none: minimalSecrets, again: minimalSecrets, minimal: minimalSecrets, ours: ourSecrets },
  };
}

/** What the process has used so far, in microseconds. */
export function answer() {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system };
}

export function close() {
  return application.close();
}

function makeController(name, decorators) {
  class RepositoryController {
    read(id) {
      return { id };
    }
  }
  const { prototype } = RepositoryController;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'read');
  Param('id', ParseIntPipe)(prototype, 'read', 0);
  Get(':id')(prototype, 'read', descriptor);
  for (const decorate of decorators) decorate(prototype, 'read', descriptor);
  Controller(`${name}/repositories`)(RepositoryController);
  return RepositoryController;
}
