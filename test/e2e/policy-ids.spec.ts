import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { ApiTokenAccess, ApiTokenPolicyGuard, PolicyId } from 'nestjs-api-token';
import { bearer, startApplication } from '../support/application.js';
import { blocked, withControllers } from '../support/controllers.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

describe('policy IDs', () => {
  it('a policy ID is the class name in snake_case where none is written', async () => {
    @Controller('drafts')
    class ReviewRequestDraftController {
      @Get()
      list() {
        return {};
      }
    }
    const server = await startApplication('Express', withControllers([ReviewRequestDraftController]));
    expect(
      (
        await server.send(
          'GET',
          '/drafts',
          bearer(await issueSecret(server, blocked('review_request_draft'))),
        )
      ).status,
    ).toBe(403);
  });

  it('W01 K12 an inherited controller is guarded under the policy ID of its base, each child by its own', async () => {
    class Base {
      @Get(':id')
      find(@Param('id') id: string) {
        return { id };
      }
    }
    @PolicyId('cat')
    @Controller('cats')
    class CatController extends Base {}
    @PolicyId('dog')
    @Controller('dogs')
    class DogController extends Base {}
    @Controller('puppies')
    class PuppyController extends DogController {}
    const server = await startApplication(
      'Express',
      withControllers([CatController, DogController, PuppyController]),
    );
    const secret = await issueSecret(server, blocked('dog', '1'));
    expect((await server.send('GET', '/cats/1', bearer(secret))).status).toBe(200);
    expect((await server.send('GET', '/dogs/1', bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/puppies/1', bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/cats/1')).status).toBe(401);
    expect((await server.send('GET', '/puppies/1')).status).toBe(401);
    expect((await server.send('GET', '/dogs/2', bearer(secret))).status).toBe(200);
  });

  it('W01 a child without decorators has the guards of its base, also beside guards of its own', async () => {
    class Pass {
      canActivate() {
        return true;
      }
    }
    @UseGuards(ApiTokenPolicyGuard)
    @PolicyId('dog')
    class Base {
      @Get()
      list() {
        return [];
      }

      @Get(':id')
      find(@Param('id') id: string) {
        return { id };
      }
    }
    @Controller('puppies')
    class PuppyController extends Base {}
    @UseGuards(Pass)
    @Controller('poodles')
    class PoodleController extends Base {
      @Get()
      override list() {
        return [];
      }
    }
    const { providers: _, ...unbound } = withControllers([PuppyController, PoodleController]);
    const server = await startApplication('Express', unbound);
    const secret = await issueSecret(server, blocked('dog'));
    for (const path of ['/puppies', '/puppies/1', '/poodles', '/poodles/1']) {
      expect((await server.send('GET', path)).status).toBe(401);
      expect((await server.send('GET', path, bearer(secret))).status).toBe(403);
    }
  });

  it("W03 a handler's policy ID wins over the class's, and an overriding handler has its own", async () => {
    class Base {
      @PolicyId('base')
      @Get('inherited')
      inherited() {
        return {};
      }

      @PolicyId('base')
      @Get('overridden')
      overridden() {
        return {};
      }
    }
    @PolicyId('child')
    @Controller('things')
    class ThingController extends Base {
      @PolicyId('child')
      @Get('overridden')
      override overridden() {
        return {};
      }
    }
    const server = await startApplication('Express', withControllers([ThingController]));
    const secret = await issueSecret(server, blocked('base'));
    expect((await server.send('GET', '/things/inherited', bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/things/overridden', bearer(secret))).status).toBe(200);
  });

  it('@ApiTokenAccess(false) of a base closes its children', async () => {
    @ApiTokenAccess(false)
    class Base {}
    @Controller('secrets')
    class SecretController extends Base {
      @Get()
      list() {
        return {};
      }
    }
    const server = await startApplication('Express', withControllers([SecretController]));
    expect(
      (await server.send('GET', '/secrets', bearer(await issueSecret(server, 'full-access')))).status,
    ).toBe(403);
  });

  it('M15 the paths of the RouterModule count', async () => {
    @PolicyId('project', { param: 'projectId' })
    @Controller()
    class ProjectController {
      @Get()
      find() {
        return {};
      }
    }
    class ProjectModule {}
    const { imports } = reviewServer();
    const server = await startApplication('Express', {
      ...reviewServer(),
      controllers: [],
      imports: [
        ...imports!,
        { module: ProjectModule, controllers: [ProjectController] },
        RouterModule.register([{ path: 'projects/:projectId', module: ProjectModule }]),
      ],
    });
    const secret = await issueSecret(server, blocked('project', '7'));
    expect((await server.send('GET', '/projects/7', bearer(secret))).status).toBe(403);
    expect((await server.send('GET', '/projects/8', bearer(secret))).status).toBe(200);
  });
});
