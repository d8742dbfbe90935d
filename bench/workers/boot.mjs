/** How long an application takes to start, from the start of its process. */
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { makeControllers } from '../workload/many-handlers.mjs';

/** @param {{ handlers: number, isGuarded: boolean }} options */
export async function measure({ handlers, isGuarded }) {
  const parts = isGuarded ? await guardedParts() : { imports: [], providers: [] };
  class AppModule {}
  Module({
    imports: parts.imports,
    controllers: makeControllers(handlers, parts.decorate),
    providers: parts.providers,
  })(AppModule);
  const application = await NestFactory.create(AppModule, { logger: ['error', 'fatal'] });
  await application.init();
  const startedMs = performance.now();
  await application.close();
  return { startedMs };
}

/** Imported here, since that is a part of what the module costs. */
async function guardedParts() {
  const { APP_GUARD } = await import('@nestjs/core');
  const library = await import('nestjs-api-token');
  return {
    imports: [
      library.ApiTokenModule.forRoot({
        repository: library.InMemoryApiTokenStore,
        token: { prefix: 'bench' },
      }),
    ],
    providers: [{ provide: APP_GUARD, useExisting: library.ApiTokenPolicyGuard }],
    decorate: (controller, policyId) => library.PolicyId(policyId)(controller),
  };
}
