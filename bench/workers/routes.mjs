/** The guard by how many handlers the application has, in applications that are all there at once. */
import { randomUUID } from 'node:crypto';
import { Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ApiTokenModule,
  ApiTokenPolicyGuard,
  ApiTokenService,
  InMemoryApiTokenStore,
  PolicyId,
} from 'nestjs-api-token';
import { guardContestant } from '../harness/guard-contestant.mjs';
import { race } from '../harness/race.mjs';
import { randomIntegers } from '../harness/random.mjs';
import { makeContext } from '../workload/http-context.mjs';
import { itemRoutes, makeControllers } from '../workload/many-handlers.mjs';

const READ_ONLY = { resources: { '*': { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] } } };

/** @param {{ handlers: number[], sampleNs: number, turns: number, rounds: number, warmUps: number }} plan */
export async function measure(plan) {
  const runs = [];
  for (const handlers of plan.handlers) runs.push(await contestantOf(handlers, plan));
  const timings = await race(
    runs.map(({ contestant }) => contestant),
    plan,
  );
  for (const { close } of runs) await close();
  return plan.handlers.map((handlers, place) => ({ handlers, samples: timings[place].samples }));
}

async function contestantOf(handlers, plan) {
  const controllers = makeControllers(handlers, (controller, policyId) => {
    PolicyId(policyId)(controller);
    UseGuards(ApiTokenPolicyGuard)(controller);
  });
  class AppModule {}
  Module({
    imports: [ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token: { prefix: 'bench' } })],
    controllers,
  })(AppModule);
  const application = await NestFactory.create(AppModule, { logger: ['error', 'fatal'] });
  await application.init();
  const { secret } = await application
    .get(ApiTokenService)
    .issue({ ownerId: randomUUID(), policy: READ_ONLY });
  const routes = itemRoutes(controllers);
  const random = randomIntegers(handlers);
  const makeContexts = (count) =>
    Array.from({ length: count }, () =>
      makeContext(routes[random(routes.length)], String(random(100_000)), [`Bearer ${secret}`]),
    );
  const open = {
    guard: application.get(ApiTokenPolicyGuard),
    route: routes[0],
    secrets: [secret],
  };
  return {
    contestant: guardContestant({ name: `${handlers} handlers` }, open, plan, makeContexts),
    close: () => application.close(),
  };
}
