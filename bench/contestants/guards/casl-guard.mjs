import { createHash, hash } from 'node:crypto';
import { SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { subject } from '@casl/ability';
import { POLICY_ID, repositoryRoute, TOKEN_POLICY } from '../../workload/repository-route.mjs';
import { CaslConditions } from '../decisions/casl.mjs';
import { makeSecrets } from './secrets.mjs';

const CHECK = 'check_ability';

/** A route that says what it is about, for {@link AbilityGuard}. */
export function routeWithAbility() {
  return repositoryRoute((controller, name) => {
    const descriptor = Object.getOwnPropertyDescriptor(controller.prototype, name);
    SetMetadata(CHECK, { action: 'GET', type: POLICY_ID })(controller.prototype, name, descriptor);
  });
}

/** As most people write it. */
const digestByHash = (secret) => createHash('sha256').update(secret).digest('hex');

/** Tokens by digest, each with an ability that is kept ready. */
export class KnownTokens {
  #tokens;
  #digest;

  constructor(secrets, digest = digestByHash) {
    this.#digest = digest;
    this.#tokens = new Map(
      secrets.map((secret) => [
        digest(secret),
        { expiresAt: Infinity, ability: new CaslConditions(TOKEN_POLICY).ability },
      ]),
    );
  }

  find(secret) {
    const token = this.#tokens.get(this.#digest(secret));
    return token === undefined || Date.now() >= token.expiresAt ? null : token;
  }
}

/** Finds the token of a request, as the guard in Nest's chapter on authentication does. */
export class KeyGuard {
  constructor(tokens) {
    this.tokens = tokens;
  }

  canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const [type, secret] = request.headers.authorization?.split(' ') ?? [];
    const token = type === 'Bearer' && secret ? this.tokens.find(secret) : null;
    if (token === null) return false;
    request.user = token;
    return true;
  }
}

/** Asks the ability of the request's token, as the guard in Nest's chapter on authorization does. */
export class AbilityGuard {
  constructor(reflector) {
    this.reflector = reflector;
  }

  canActivate(context) {
    const { action, type } = this.reflector.get(CHECK, context.getHandler());
    const { user, params } = context.switchToHttp().getRequest();
    return user.ability.can(action, subject(type, { id: params.id }));
  }
}

class CaslGuard {
  constructor(tokens) {
    this.keys = new KeyGuard(tokens);
    this.abilities = new AbilityGuard(new Reflector());
  }

  canActivate(context) {
    return this.keys.canActivate(context) && this.abilities.canActivate(context);
  }
}

const open = (digest) => async (count) => {
  const secrets = makeSecrets(count);
  return { guard: new CaslGuard(new KnownTokens(secrets, digest)), secrets, route: routeWithAbility() };
};

export const caslGuard = { name: 'hand-written CASL guard', open: open() };

export const tunedCaslGuard = {
  name: 'hand-written CASL guard, one-shot hash',
  open: open((secret) => hash('sha256', secret, 'base64url')),
};
