import {
  type ArgumentsHost,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  ForbiddenException,
  Get,
  type INestApplication,
  Injectable,
  Param,
  ParseIntPipe,
  type Type,
} from '@nestjs/common';
import { APP_GUARD, HttpAdapterHost } from '@nestjs/core';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApiTokenPolicyGuard, PolicyId, type PolicyIdOptions } from 'nestjs-api-token';
import { expectPoliciesToHold, PolicyMatrixError, type PolicyMatrixOptions } from 'nestjs-api-token/testing';
import { createApplication, type Platform, PLATFORMS } from '../support/application.js';
import { reviewServer } from '../support/review-server.js';

jest.setTimeout(60_000);

/** What the handlers were called with: nothing, whatever is broken. */
const runs: string[] = [];

beforeEach(() => {
  runs.length = 0;
});

/** A controller of cats, whose IDs are whole numbers to it. */
function catController(options?: PolicyIdOptions): Type {
  @PolicyId('cat', options)
  @Controller('cats')
  class CatController {
    @Get(':id')
    find(@Param('id', ParseIntPipe) id: number) {
      runs.push(`find ${id}`);
      return { id };
    }
  }
  return CatController;
}

interface Broken {
  readonly guards?: readonly Type<CanActivate>[];
  readonly controllers?: Type[];
  readonly overrides?: Parameters<typeof reviewServer>[0];
  readonly configure?: (app: INestApplication) => void;
  readonly options?: PolicyMatrixOptions;
}

/** What the matrix has against an application. */
async function failure(
  platform: Platform,
  { guards = [ApiTokenPolicyGuard], controllers, overrides, configure, options }: Broken,
): Promise<Error> {
  const app = await createApplication(platform, {
    ...reviewServer(overrides),
    controllers: controllers ?? [catController()],
    providers: guards.map((guard) => ({ provide: APP_GUARD, useClass: guard })),
  });
  configure?.(app);
  const result: unknown = await expectPoliciesToHold(app, options).catch((error: unknown) => error);
  if (result instanceof Error) return result;
  throw new Error(`The matrix found nothing: ${JSON.stringify(result)}`);
}

/** The disagreements as lines. */
async function findings(platform: Platform, broken: Broken): Promise<string[]> {
  const error = await failure(platform, broken);
  if (!(error instanceof PolicyMatrixError)) throw error;
  return error.disagreements.map(
    ({ method, path, credential, promised, got }) =>
      `${method} ${path}, ${credential}: ${promised} -> ${got}`,
  );
}

@Injectable()
class AdmittingGuard extends ApiTokenPolicyGuard {
  override canActivate() {
    return true;
  }
}

@Injectable()
class AdmittingHeadGuard extends ApiTokenPolicyGuard {
  override canActivate(context: ExecutionContext) {
    const { method } = context.switchToHttp().getRequest<{ method: string }>();
    return method === 'HEAD' || super.canActivate(context);
  }
}

@Injectable()
class ForgivingGuard implements CanActivate {
  constructor(private readonly policies: ApiTokenPolicyGuard) {}

  async canActivate(context: ExecutionContext) {
    try {
      return await this.policies.canActivate(context);
    } catch {
      return true;
    }
  }
}

@Injectable()
class RewritingGuard extends ApiTokenPolicyGuard {
  override canActivate(context: ExecutionContext) {
    context.switchToHttp().getRequest<{ params: Record<string, string> }>().params['id'] = '1';
    return super.canActivate(context);
  }
}

@Injectable()
class RejectingGuard implements CanActivate {
  canActivate(): boolean {
    throw new ForbiddenException();
  }
}

@Catch()
class PoliteFilter implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(_: unknown, host: ArgumentsHost) {
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), { ok: false }, 200);
  }
}

const CREDENTIAL_MISSING = 'rejected: credential-missing, or skipped by skipIf';

describe.each(PLATFORMS)('the matrix on %s notices', (platform) => {
  it.each<[string, Broken, string]>([
    [
      'a guard that admits everything',
      { guards: [AdmittingGuard] },
      `GET /cats/1, no token: ${CREDENTIAL_MISSING} -> let in, and no policy was asked`,
    ],
    [
      'a guard that admits HEAD',
      { guards: [AdmittingHeadGuard] },
      `HEAD /cats/1, no token: ${CREDENTIAL_MISSING} -> let in, and no policy was asked`,
    ],
    [
      'a guard that admits what the policy guard rejects',
      { guards: [ForgivingGuard] },
      'GET /cats/1, nothing: denied: cat 1 -> let in, though denied: cat 1',
    ],
    [
      'a guard that changes which item is authorized',
      { guards: [RewritingGuard] },
      'GET /cats/2, all but one item of each: allowed: cat 2 -> denied: cat 1',
    ],
    [
      'an item that is spelled in two ways',
      { controllers: [catController({ canonical: (raw) => raw })], options: { ids: { cat: ['1'] } } },
      'GET /cats/01, all but one item of each: rejected: resource-id-not-canonical, or denied: cat 1 -> allowed: cat 01',
    ],
    [
      'skipIf that believes the request',
      {
        overrides: {
          requests: {
            skipIf: (context) =>
              context
                .switchToHttp()
                .getRequest<{ headers: object }>()
                .headers.hasOwnProperty('authorization'),
          },
        },
      },
      'GET /cats/1, nothing: denied: cat 1 -> skipped by skipIf',
    ],
    [
      'a filter that answers 200 to rejections',
      { configure: (app) => app.useGlobalFilters(new PoliteFilter(app.get(HttpAdapterHost))) },
      'GET /cats/1, nothing: denied: cat 1 -> denied: cat 1, but answered 200',
    ],
    [
      'another guard that rejects before',
      { guards: [RejectingGuard, ApiTokenPolicyGuard] },
      'GET /cats/1, full access: allowed: cat 1 -> answered 403 before the policy guard',
    ],
  ])('%s', async (_, broken, finding) => {
    expect(await findings(platform, broken)).toContain(finding);
    expect(runs).toEqual([]);
  });
});
