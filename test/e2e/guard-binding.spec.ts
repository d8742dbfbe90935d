import { Controller, Get, Param, ParseIntPipe, UseGuards } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { ApiTokenPolicyGuard, ApiTokenService, PolicyId } from 'nestjs-api-token';
import { bearer, startApplication } from '../support/application.js';
import { blocked, withControllers } from '../support/controllers.js';
import { issueSecret, reviewServer } from '../support/review-server.js';
import { CountingStore, everything } from '../support/tokens.js';

describe('how the guard is bound', () => {
  it.each([
    ['APP_GUARD', true, false, false],
    ['a class', false, true, false],
    ['a method', false, false, true],
    ['all three', true, true, true],
  ])('W06 decides, and looks up and records a use once: bound to %s', async (...row) => {
    const [, isGlobal, isOnClass, isOnMethod] = row;
    @PolicyId('cat')
    @Controller('cats')
    class CatController {
      @Get(':id')
      find(@Param('id', ParseIntPipe) id: number) {
        return { id };
      }
    }
    if (isOnClass) UseGuards(ApiTokenPolicyGuard)(CatController);
    const find = Object.getOwnPropertyDescriptor(CatController.prototype, 'find')!;
    if (isOnMethod) UseGuards(ApiTokenPolicyGuard)(CatController.prototype, 'find', find);
    const store = new CountingStore();
    const uses: [string, Date][] = [];
    store.recordUses = async (recorded) => void uses.push(...recorded);
    const { providers, ...server } = withControllers([CatController], {
      repository: { useValue: store },
      cache: false,
    });
    const { app, send } = await startApplication('Express', {
      ...server,
      providers: isGlobal ? (providers ?? []) : [],
    });
    const { token, secret } = await app
      .get(ApiTokenService)
      .issue({ ...everything, policy: blocked('cat', '2') });
    expect((await send('GET', '/cats/1', bearer(secret))).status).toBe(200);
    expect(store.reads).toBe(1);
    expect(uses).toEqual([]);
    expect((await send('GET', '/cats/2', bearer(secret))).status).toBe(403);
    expect((await send('GET', '/cats/1')).status).toBe(401);
    expect(store.reads).toBe(2);
    await app.close();
    // Without a cache each look-up makes an entry of its own; written is one time for the token.
    expect(uses).toEqual([[token.id, expect.any(Date)]]);
  });

  it('W01 @UseGuards in a feature module finds the guard where the root module has imported it', async () => {
    @UseGuards(ApiTokenPolicyGuard)
    @PolicyId('cat')
    @Controller('cats')
    class CatController {
      @Get()
      list() {
        return {};
      }
    }
    class FeatureModule {}
    const feature = { module: FeatureModule, controllers: [CatController] };
    const { imports } = reviewServer();
    const server = await startApplication('Express', { imports: [...imports!, feature] });
    const secret = await issueSecret(server, blocked('cat'));
    expect((await server.send('GET', '/cats', bearer(secret))).status).toBe(403);
  });
});
