import { Reflector } from '@nestjs/core';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { HeaderAPIKeyStrategy } from 'passport-headerapikey';
import { AbilityGuard, KnownTokens, routeWithAbility } from './casl-guard.mjs';
import { makeSecrets } from './secrets.mjs';

const NAME = 'headerapikey';

class KeyStrategy extends PassportStrategy(HeaderAPIKeyStrategy, NAME) {
  constructor(tokens) {
    super({ header: 'Authorization', prefix: 'Bearer ' }, false);
    this.tokens = tokens;
  }

  validate(secret) {
    return this.tokens.find(secret);
  }
}

/** What Nest runs one after the other: `@UseGuards(AuthGuard('headerapikey'), AbilityGuard)`. */
class PassportPair {
  constructor(tokens) {
    // Registers itself with passport.
    this.strategy = new KeyStrategy(tokens);
    this.keys = new (AuthGuard(NAME))();
    this.abilities = new AbilityGuard(new Reflector());
  }

  async canActivate(context) {
    return (await this.keys.canActivate(context)) && this.abilities.canActivate(context);
  }
}

export const passportGuard = {
  name: 'passport-headerapikey, @nestjs/passport and CASL',
  awaits: true,
  open: async (count) => {
    const secrets = makeSecrets(count);
    return { guard: new PassportPair(new KnownTokens(secrets)), secrets, route: routeWithAbility() };
  },
};
