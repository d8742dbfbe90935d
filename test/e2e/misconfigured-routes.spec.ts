import { Controller, Get, mixin, Param, ParseIntPipe, Post, type Type as Class } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { PolicyId, SkipApiTokenPolicy } from 'nestjs-api-token';
import { bearer, createApplication, startApplication } from '../support/application.js';
import { withControllers } from '../support/controllers.js';
import { issueSecret } from '../support/review-server.js';

describe('W05 P12 C17 routes that are not settled', () => {
  function CatMixin(): Class {
    @Controller('mixed')
    class MixedController {
      @Get()
      list() {
        return {};
      }
    }
    return mixin(MixedController);
  }
  class Shadow {
    static make(): Class {
      @Controller('shadow')
      class TwinController {
        @Get()
        list() {
          return {};
        }
      }
      return TwinController;
    }
  }
  @Controller('twin')
  class TwinController {
    @Get()
    list() {
      return {};
    }
  }
  @PolicyId('cat')
  @Controller('cats')
  class MisnamedController {
    @Get(':catId')
    find() {
      return {};
    }
  }
  @PolicyId('cat', { param: 'catId' })
  @Controller('cats')
  class MissingController {
    @Get(':id')
    find() {
      return {};
    }
  }
  @PolicyId('cat')
  @Controller('cats')
  class ManyPathsController {
    @Get([':id', 'favorite'])
    find() {
      return {};
    }
  }
  @PolicyId('cat')
  @Controller('cats')
  class DisagreeingController {
    @Get(':id')
    find(@Param('id', ParseIntPipe) id: number) {
      return { id };
    }

    @Post(':id')
    update(@Param('id') id: string) {
      return { id };
    }
  }
  @PolicyId('*')
  @Controller('stars')
  class StarController {
    @Get()
    list() {
      return {};
    }
  }

  it.each<[string, Class[], string, string]>([
    ['a mixin', [CatMixin()], '/mixed', '@PolicyId'],
    ['two controllers of one name', [TwinController, Shadow.make()], '/twin', '@PolicyId'],
    ['a parameter of another name', [MisnamedController], '/cats/1', "{ param: 'catId' }"],
    ['a parameter that is not there', [MissingController], '/cats/1', 'has no parameter "catId"'],
    ['paths that disagree', [ManyPathsController], '/cats/1', 'only some of its paths'],
    ['pipes that disagree', [DisagreeingController], '/cats/1', 'canonical'],
    ['a reserved policy ID', [StarController], '/stars', 'reserved'],
  ])(
    '%s: the start fails and says what to write; unless strict is false, then tokens are denied',
    async (...row) => {
      const [, controllers, path, hint] = row;
      const failing = await createApplication('Express', withControllers(controllers));
      await expect(failing.init()).rejects.toMatchObject({
        code: 'API_TOKEN_AUDIT',
        message: expect.stringContaining(hint),
      });
      const server = await startApplication('Express', withControllers(controllers, { audit: 'warn' }));
      expect((await server.send('GET', path, bearer(await issueSecret(server, 'full-access')))).status).toBe(
        403,
      );
      expect((await server.send('GET', path)).status).toBe(401);
    },
  );

  it('skipped and closed ones need not be settled', async () => {
    SkipApiTokenPolicy()(
      MissingController.prototype,
      'find',
      Object.getOwnPropertyDescriptor(MissingController.prototype, 'find')!,
    );
    const server = await startApplication('Express', withControllers([MissingController]));
    expect((await server.send('GET', '/cats/1')).status).toBe(200);
  });
});
