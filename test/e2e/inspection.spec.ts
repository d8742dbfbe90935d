import { createHash, createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { APP_GUARD, ModulesContainer } from '@nestjs/core';
import type { ExecutionContext } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import {
  ApiTokenAuthenticator,
  ApiTokenEvents,
  ApiTokenPolicyGuard,
  ApiTokenRepository,
  ApiTokenService,
  ApiTokenStore,
  DefaultTokenGenerator,
  PolicyEvaluator,
} from 'nestjs-api-token';
import { bearer, startApplication } from '../support/application.js';
import { pathsTo } from '../support/paths-to.js';
import { reviewServer } from '../support/review-server.js';
import { everything } from '../support/tokens.js';

const PEPPERS = {
  current: 'new',
  keys: { new: 'a-pepper-for-new-digests', old: Buffer.from('a-pepper-of-before') },
};
const SERVICES = [
  ApiTokenAuthenticator,
  ApiTokenEvents,
  ApiTokenPolicyGuard,
  ApiTokenRepository,
  ApiTokenService,
  ApiTokenStore,
  PolicyEvaluator,
];

function digestsOf(secret: string): string[] {
  const keyed = Object.values(PEPPERS.keys).map((key) =>
    createHmac('sha256', key).update(secret).digest('base64url'),
  );
  return [...keyed, createHash('sha256').update(secret).digest('base64url')];
}

/** A server after some requests, with a guard of the application that is shown a request while it is served. */
async function start(whileServed: (context: ExecutionContext) => void = () => undefined) {
  const { providers = [], ...server } = reviewServer({ token: { prefix: 'acme', peppers: PEPPERS } });
  const observer = {
    provide: APP_GUARD,
    useValue: {
      canActivate(context: ExecutionContext) {
        whileServed(context);
        return true;
      },
    },
  };
  const { app, send } = await startApplication('Express', { ...server, providers: [...providers, observer] });
  const { secret } = await app.get(ApiTokenService).issue(everything);
  const unknown = new DefaultTokenGenerator({ prefix: 'acme' }).generate();
  const statuses: number[] = [];
  for (const presented of [secret, secret, unknown]) {
    statuses.push((await send('GET', '/projects', bearer(presented))).status);
  }
  expect(statuses).toEqual([200, 200, 401]);
  const secrets = [secret, unknown];
  return { app, secret, secrets, hidden: [...secrets, ...secrets.flatMap(digestsOf)] };
}

describe('what inspection shows', () => {
  it('finds what is there to be found', () => {
    const places = { a: [new Map([['k', new Set(['x secret x'])]])], [Symbol('s')]: Buffer.from('secret') };
    expect(pathsTo(places, ['secret'])).toEqual(['.Symbol(s)', '.a.0<>.1<>']);
  });

  it.each(SERVICES.map((service) => [service.name, service] as const))(
    'O01 %s holds no secret, no digest and no pepper that could be reached',
    async (_, service) => {
      const { app, hidden } = await start();
      const instance = app.get<object>(service as never);
      const peppers = Object.values(PEPPERS.keys).map(String);
      expect(pathsTo(instance, [...hidden, ...peppers])).toEqual([]);
      const shown = inspect(instance, { depth: null, showHidden: true });
      for (const secret of [...hidden, ...peppers]) expect(shown).not.toContain(secret);
      // It does not show the whole application either, with whatever that holds.
      expect(shown.length).toBeLessThan(20_000);
    },
  );

  it('O01 the application as a whole holds no secret and no digest', async () => {
    const { app, hidden } = await start();
    // Nest keeps them in WeakMaps, which are not walked.
    const instances = [...app.get(ModulesContainer).values()].flatMap(({ providers, controllers }) =>
      [...providers.values(), ...controllers.values()].map(({ instance }): unknown => instance),
    );
    expect(instances).toContain(app.get(ApiTokenService));
    expect(pathsTo([app, instances], hidden)).toEqual([]);
  });

  it('O01 a request that is served holds the secret where Node has put it, and no digest', async () => {
    const contexts: string[][] = [];
    const { secret } = await start((context) => {
      const [, given = ''] = context
        .getArgByIndex<{ headers: { authorization: string } }>(0)
        .headers.authorization.split(' ');
      expect(pathsTo(context, digestsOf(given))).toEqual([]);
      contexts.push(pathsTo(context, [given]));
    });
    expect(secret).toBeDefined();
    expect(contexts).toHaveLength(2);
    for (const paths of contexts) {
      expect(paths.length).toBeGreaterThan(0);
      const others = paths.filter((path) => !/\.(?:headers|rawHeaders|Symbol\(kHeaders\))\./.test(path));
      expect(others).toEqual([]);
    }
  });
});
