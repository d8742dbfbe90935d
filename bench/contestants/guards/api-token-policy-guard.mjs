import { randomUUID } from 'node:crypto';
import { Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ApiTokenEvents,
  ApiTokenModule,
  ApiTokenPolicyGuard,
  ApiTokenService,
  InMemoryApiTokenStore,
  PolicyId,
} from 'nestjs-api-token';
import { POLICY_ID, repositoryRoute, TOKEN_POLICY } from '../../workload/repository-route.mjs';

/**
 * An application with the module and one item route.
 *
 * @param {object} [options] Of the module.
 * @param {object} [repository] Where tokens are kept.
 */
export async function openApplication(options = {}, repository = InMemoryApiTokenStore) {
  class AppModule {}
  const route = repositoryRoute((controller) => {
    PolicyId(POLICY_ID)(controller);
    UseGuards(ApiTokenPolicyGuard)(controller);
  });
  Module({
    imports: [ApiTokenModule.forRoot({ repository, token: { prefix: 'bench' }, ...options })],
    controllers: [route.controller],
  })(AppModule);
  // On Express, though nothing listens: a guard that rejects sets headers.
  const application = await NestFactory.create(AppModule, { logger: ['error', 'fatal'] });
  await application.init();
  const get = (type) => application.get(type, { strict: false });
  return { get, guard: get(ApiTokenPolicyGuard), route, close: () => application.close() };
}

/** The secrets of new tokens. */
export async function issueTokens(service, count, policy = TOKEN_POLICY) {
  const secrets = [];
  for (let index = 0; index < count; index += 1) {
    const { secret } = await service.issue({ ownerId: randomUUID(), policy });
    secrets.push(secret);
  }
  return secrets;
}

export const apiTokenPolicyGuard = {
  name: 'ApiTokenPolicyGuard, token in the cache',
  open: async (count) => {
    const application = await openApplication();
    return { ...application, secrets: await issueTokens(application.get(ApiTokenService), count) };
  },
};

/** The same with everything on that costs nothing where nobody asks for it. */
export const observedGuard = {
  name: 'ApiTokenPolicyGuard, observed and explaining',
  open: async (count) => {
    const application = await openApplication({ errors: { explainDenials: true } });
    application.get(ApiTokenEvents).subscribe(() => undefined);
    return { ...application, secrets: await issueTokens(application.get(ApiTokenService), count) };
  },
};
