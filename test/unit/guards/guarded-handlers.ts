import { All, Controller, type ExecutionContext, Get, Param, ParseIntPipe, Post } from '@nestjs/common';
import {
  ApiTokenAccess,
  type ApiTokenFactoryOptions,
  type ApiTokenOwnerProvider,
  PolicyId,
  type Rejection,
  SkipApiTokenPolicy,
  type TokenPolicy,
} from 'nestjs-api-token';
import { newServices } from '../../support/services.js';
import { CountingStore } from '../../support/tokens.js';

@PolicyId('project', { param: null })
@Controller('handlers')
export class Handlers {
  @Get() list(): void {}
  @PolicyId('project', { param: 'id' }) @Get('find/:id') find(@Param('id', ParseIntPipe) id: number): void {
    void id;
  }
  @PolicyId('odd', { param: 'id', canonical: () => 7 as never }) @Get('odd/:id') odd(): void {}
  @PolicyId('own', { param: 'id', canonical: (raw) => String(raw) }) @Get('own/:id') own(): void {}
  @Post() create(): void {}
  @ApiTokenAccess(false) @Get() closed(): void {}
  @PolicyId('*') @Get() misconfigured(): void {}
  @SkipApiTokenPolicy() @Get() skipped(): void {}
  @All('any') any(): void {}
}

export type HandlerName = keyof Handlers;

/** A request with a secret, if there is one. */
export function newRequest(secret?: string, change: object = {}) {
  const headers = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
  return { headers, method: 'GET', params: {}, ...change };
}

/** An application's guard, with what it is asked and answers. */
export async function startGuard(
  policy: TokenPolicy | 'full-access' = 'full-access',
  overrides: Partial<ApiTokenFactoryOptions> & { ownerProvider?: { useValue: ApiTokenOwnerProvider } } = {},
) {
  const rejections: Rejection[] = [];
  const store = new CountingStore();
  const services = newServices({
    controllers: [Handlers],
    audit: 'warn',
    store,
    errors: {
      exceptionFactory: (rejection, exception) => {
        rejections.push(rejection);
        return exception;
      },
    },
    ...overrides,
  });
  const { token, secret } = await services.tokens.issue({ ownerId: 'grumpy', policy });
  services.events.length = 0;
  const guard = services.guard;
  const told: Record<string, string> = {};
  const response = {
    set: (name: string, value: string): unknown => Object.assign(told, { [name]: value }),
    get: (name: string) => told[name],
  };
  const contextOf = (handler: HandlerName, request: object, type = 'http') =>
    ({
      getType: () => type,
      getClass: () => Handlers,
      getHandler: () => Handlers.prototype[handler],
      getArgs: () => [request, response],
      getArgByIndex: (index: number) => [request, response][index],
    }) as unknown as ExecutionContext;
  /** The answer of the guard: `passes`, or why not. */
  const authorize = async (...asked: Parameters<typeof contextOf>): Promise<unknown> => {
    try {
      return (await guard.canActivate(contextOf(...asked))) === true ? 'passes' : 'something else';
    } catch (error) {
      return { rejection: rejections.pop(), status: (error as { status?: number }).status };
    }
  };
  return { ...services, token, secret, contextOf, authorize, response, told, lookUps: () => store.reads };
}
