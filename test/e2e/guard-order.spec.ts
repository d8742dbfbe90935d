import { type CanActivate, Controller, type ExecutionContext, Get, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { ApiTokenOwnerProvider, ApiTokenPolicyGuard, getApiToken, PolicyId } from 'nestjs-api-token';
import { bearer, type Platform, PLATFORMS, startApplication } from '../support/application.js';
import { blocked, withControllers } from '../support/controllers.js';
import { issueSecret } from '../support/review-server.js';

class Owners extends ApiTokenOwnerProvider {
  override load(ownerId: string): unknown {
    return { name: ownerId };
  }
}

/** What each guard found on the request, in the order in which they ran. */
type Seen = [place: string, owner: unknown, hasToken: boolean][];

function observer(place: string, seen: Seen): CanActivate {
  return {
    canActivate(context: ExecutionContext) {
      const request = context.switchToHttp().getRequest<{ user?: unknown }>();
      seen.push([place, request.user, getApiToken(request) !== undefined]);
      return true;
    },
  };
}

/** Has a guard at every place that Nest knows; the policy guard stands at one of them, between two others. */
async function start(platform: Platform, policyGuardAt: 'application' | 'class' | 'method') {
  const seen: Seen = [];
  const around = (place: typeof policyGuardAt) =>
    policyGuardAt === place
      ? [observer(`before, ${place}`, seen), ApiTokenPolicyGuard, observer(`after, ${place}`, seen)]
      : [observer(place, seen)];
  @UseGuards(...around('class'))
  @PolicyId('cat')
  @Controller('cats')
  class CatController {
    @UseGuards(...around('method'))
    @Get()
    list() {
      seen.push(['handler', null, true]);
      return [];
    }
  }
  const server = await startApplication(
    platform,
    {
      ...withControllers([CatController], { ownerProvider: Owners }),
      providers: around('application').map((guard) =>
        typeof guard === 'function'
          ? { provide: APP_GUARD, useExisting: guard }
          : { provide: APP_GUARD, useValue: guard },
      ),
    },
    (app) => app.useGlobalGuards(observer('useGlobalGuards', seen)),
  );
  return { ...server, seen };
}

const WITHOUT = [undefined, false] as const;
const WITH = [{ name: 'grumpy' }, true] as const;

describe.each(PLATFORMS)('the order of guards on %s', (platform) => {
  it.each<['application' | 'class' | 'method', unknown[]]>([
    [
      'application',
      [
        ['before, application', ...WITHOUT],
        ['after, application', ...WITH],
        ['useGlobalGuards', ...WITH],
        ['class', ...WITH],
        ['method', ...WITH],
      ],
    ],
    [
      'class',
      [
        ['application', ...WITHOUT],
        ['useGlobalGuards', ...WITHOUT],
        ['before, class', ...WITHOUT],
        ['after, class', ...WITH],
        ['method', ...WITH],
      ],
    ],
    [
      'method',
      [
        ['application', ...WITHOUT],
        ['useGlobalGuards', ...WITHOUT],
        ['class', ...WITHOUT],
        ['before, method', ...WITHOUT],
        ['after, method', ...WITH],
      ],
    ],
  ])('W18 bound to the %s: who comes after the policy guard finds owner and token', async (place, order) => {
    const server = await start(platform, place);
    const secret = await issueSecret(server, 'full-access');
    expect((await server.send('GET', '/cats', bearer(secret))).status).toBe(200);
    expect(server.seen).toEqual([...order, ['handler', null, true]]);
  });

  it.each(['application', 'class', 'method'] as const)(
    'W18 bound to the %s: nobody comes after a rejection',
    async (place) => {
      const server = await start(platform, place);
      const secret = await issueSecret(server, blocked('cat'));
      expect((await server.send('GET', '/cats', bearer(secret))).status).toBe(403);
      expect((await server.send('GET', '/cats')).status).toBe(401);
      expect(server.seen.map(([at]) => at)).not.toContain(`after, ${place}`);
      expect(server.seen.map(([at]) => at)).not.toContain('handler');
    },
  );
});
