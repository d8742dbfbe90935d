import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  Controller,
  Delete,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  HttpCode,
  HttpException,
  Injectable,
  type ModuleMetadata,
  NotFoundException,
  Post,
  Scope,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, HttpAdapterHost } from '@nestjs/core';
import { describe, expect, it, jest } from '@jest/globals';
import { ApiTokenAccess, ApiTokenOwnerProvider, ApiTokenPolicyGuard, getApiToken } from 'nestjs-api-token';
import { expectPoliciesToHold, type PolicyMatrixOptions } from 'nestjs-api-token/testing';
import { createApplication, type Platform } from '../support/application.js';
import { AccountController, calls, ProjectController, reviewServer } from '../support/review-server.js';

jest.setTimeout(60_000);

/** A part of the review server, as each of its routes takes many requests. */
function smallServer(overrides?: Parameters<typeof reviewServer>[0]): ModuleMetadata {
  return { ...reviewServer(overrides), controllers: [ProjectController, AccountController] };
}

/** That the matrix finds nothing wrong, and runs no handler. */
async function expectNothingWrong(
  platform: Platform,
  metadata: ModuleMetadata,
  options?: PolicyMatrixOptions,
): Promise<readonly string[]> {
  const app = await createApplication(platform, metadata);
  const { unguarded } = await expectPoliciesToHold(app, options);
  expect(calls).toEqual([]);
  return unguarded;
}

function handled(): object {
  calls.push('a handler');
  return {};
}

@Injectable()
class SessionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: { cookie?: string } }>();
    if (getApiToken(request) !== undefined || request.headers.cookie !== undefined) return true;
    throw new UnauthorizedException();
  }
}

@Injectable()
class AgeGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: object }>();
    return request.headers['x-age'] === '42';
  }
}

class Owners extends ApiTokenOwnerProvider {
  load(ownerId: string) {
    return ownerId === 'grumpy' ? { name: ownerId } : null;
  }
}

describe('the matrix finds nothing wrong', () => {
  it.each([
    ['defaultDecision', { policies: { defaultDecision: 'deny' } }],
    ['defaultTokenAccess', { policies: { defaultTokenAccess: false } }],
    ['denials that hide behind 404', { errors: { exceptionFactory: () => new NotFoundException() } }],
    ['credentials that are optional', { requests: { credentials: 'optional' } }],
  ] satisfies [string, Parameters<typeof reviewServer>[0]][])('with %s', async (_, overrides) => {
    expect(await expectNothingWrong('Express', smallServer(overrides))).toEqual([]);
  });

  it('with guards behind, that want a session or reject everything', async () => {
    const { providers, ...server } = smallServer({ requests: { credentials: 'optional' } });
    for (const behind of [SessionGuard, AgeGuard]) {
      const guards = [...providers!, { provide: APP_GUARD, useClass: behind }];
      await expectNothingWrong('Express', { ...server, providers: guards });
    }
  });

  it('with a guard in front, where it is told what that wants', async () => {
    const { providers, ...server } = smallServer();
    const guards = [{ provide: APP_GUARD, useClass: AgeGuard }, ...providers!];
    await expectNothingWrong('Express', { ...server, providers: guards }, { headers: { 'X-Age': '42' } });
  });

  it('with owners, where it is told one', async () => {
    const server = smallServer({ ownerProvider: Owners });
    await expectNothingWrong('Express', server, { ownerId: 'grumpy' });
    await expect(expectNothingWrong('Express', server)).rejects.toThrow(/Write ownerId:/);
  });

  it('with routes that skipIf makes public, and names them', async () => {
    const isPublic = (context: ExecutionContext) => context.getHandler().name === 'list';
    const server = smallServer({ requests: { skipIf: isPublic } });
    expect(await expectNothingWrong('Express', server)).toEqual(['ProjectController.list (/projects)']);
  });

  it('with routes that are not meant for policies, and names them', async () => {
    @Controller('pages')
    class PageController {
      @Get()
      show() {
        return handled();
      }
    }
    @UseGuards(ApiTokenPolicyGuard)
    @Controller('cats')
    class CatController {
      @Get()
      list() {
        return handled();
      }
    }
    const server = { ...reviewServer(), controllers: [PageController, CatController], providers: [] };
    expect(await expectNothingWrong('Express', server)).toEqual(['PageController.show (/pages)']);
  });

  it('with routes that are left out', async () => {
    const except: PolicyMatrixOptions['except'] = ({ controller }) => controller !== AccountController;
    expect(await expectNothingWrong('Express', reviewServer(), { except })).toEqual([]);
  });

  it('with a filter that sets statuses, and handlers of unusual ones', async () => {
    @Controller('cats')
    class CatController {
      @HttpCode(410)
      @Get('gone')
      gone() {
        return handled();
      }

      @HttpCode(202)
      @Post()
      create() {
        return handled();
      }
    }
    @Catch(HttpException)
    class StatusFilter implements ExceptionFilter<HttpException> {
      constructor(private readonly host: HttpAdapterHost) {}

      catch(error: HttpException, host: ArgumentsHost) {
        const response = host.switchToHttp().getResponse<object>();
        this.host.httpAdapter.status(response, error.getStatus());
        this.host.httpAdapter.reply(response, { ok: false });
      }
    }
    const server = reviewServer();
    const filters = [{ provide: APP_FILTER, useClass: StatusFilter }];
    await expectNothingWrong('Express', {
      ...server,
      controllers: [CatController],
      providers: [...server.providers!, ...filters],
    });
  });

  it('with controllers of request scope, and in modules of their own', async () => {
    @UseGuards(ApiTokenPolicyGuard)
    @Controller({ path: 'cats', scope: Scope.REQUEST })
    class CatController {
      @Delete(':id')
      remove() {
        return handled();
      }
    }
    class CatModule {}
    const { imports } = reviewServer();
    const cats = { module: CatModule, controllers: [CatController] };
    await expectNothingWrong('Express', { imports: [...imports!, cats] });
  });

  it('with routes that no policy can be asked about, as they deny everything', async () => {
    @Controller('cats/:name')
    class CatController {
      @Get()
      find() {
        return handled();
      }

      @ApiTokenAccess(false)
      @Delete()
      remove() {
        return handled();
      }
    }
    await expectNothingWrong('Express', { ...reviewServer({ audit: 'warn' }), controllers: [CatController] });
  });
});
