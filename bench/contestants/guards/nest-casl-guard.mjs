import { createHash } from 'node:crypto';
import { Module } from '@nestjs/common';
import { ModuleRef, NestFactory } from '@nestjs/core';
import { AccessGuard, CaslModule, UseAbility } from 'nest-casl';
import { POLICY_ID, repositoryRoute, TOKEN_POLICY } from '../../workload/repository-route.mjs';
import { addSection } from '../decisions/casl.mjs';
import { KeyGuard } from './casl-guard.mjs';
import { makeSecrets } from './secrets.mjs';

/**
 * Without a condition on every rule, nest-casl asks for the type alone and lets blocked items pass. This one holds of
 * every item.
 */
const ANY_ITEM = { id: { $exists: true } };

const permissions = {
  token(builder) {
    const { resources } = builder.user.policy;
    builder.can('manage', 'all', ANY_ITEM);
    addSection(builder, resources['*'], 'all', ANY_ITEM);
    const { '*': rest, ...items } = resources[POLICY_ID];
    addSection(builder, rest, POLICY_ID, ANY_ITEM);
    for (const [id, section] of Object.entries(items)) addSection(builder, section, POLICY_ID, { id });
  },
};

class Repositories {
  async find(id) {
    return { id };
  }
}

/** With a service: of a class, nest-casl would make a new instance for each request. */
const SUBJECT_HOOK = [Repositories, (repositories, { params }) => repositories.find(params.id)];

/** Says who asks: nest-casl has nothing that reads tokens. */
class TokenUsers {
  #users;

  constructor(secrets) {
    const user = { id: 'bench', roles: ['token'], policy: TOKEN_POLICY };
    this.#users = new Map(secrets.map((secret) => [digest(secret), user]));
  }

  find(secret) {
    return this.#users.get(digest(secret)) ?? null;
  }
}

function digest(secret) {
  return createHash('sha256').update(secret).digest('hex');
}

class NestCaslPair {
  constructor(keys, access) {
    this.keys = keys;
    this.access = access;
  }

  async canActivate(context) {
    return this.keys.canActivate(context) && this.access.canActivate(context);
  }
}

/** The two calls have to be in modules of their own: in one, the first request fails. */
async function openNestCasl(route) {
  class RepositoryModule {}
  Module({
    imports: [CaslModule.forFeature({ permissions })],
    controllers: [route.controller],
    providers: [Repositories],
  })(RepositoryModule);
  class AppModule {}
  Module({
    imports: [CaslModule.forRoot({ getUserFromRequest: ({ user }) => user }), RepositoryModule],
  })(AppModule);
  const application = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'fatal'] });
  // As `@UseGuards(AccessGuard)` makes it in that module.
  const access = await application
    .select(RepositoryModule)
    .get(ModuleRef, { strict: true })
    .create(AccessGuard);
  return { access, close: () => application.close() };
}

export const nestCaslGuard = {
  name: 'nest-casl, after a hand-written check of the key',
  awaits: true,
  open: async (count) => {
    const secrets = makeSecrets(count);
    const route = repositoryRoute((controller, name) => {
      const descriptor = Object.getOwnPropertyDescriptor(controller.prototype, name);
      UseAbility('GET', POLICY_ID, SUBJECT_HOOK)(controller.prototype, name, descriptor);
    });
    const { access, close } = await openNestCasl(route);
    return { guard: new NestCaslPair(new KeyGuard(new TokenUsers(secrets)), access), secrets, route, close };
  },
};
