import { All, Controller, type ExecutionContext, type ModuleMetadata, type Type } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import {
  type ApiTokenModuleProviders,
  type ApiTokenFactoryOptions,
  ApiTokenPolicyGuard,
  type ApiTokenRecord,
  InMemoryApiTokenStore,
  PolicyEvaluator,
  PolicyId,
  type TokenPolicy,
} from 'nestjs-api-token';
import { startApplication } from '../support/application.js';
import { blocked } from '../support/controllers.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

describe('the guard, called directly', () => {
  @PolicyId('project')
  @Controller('handlers')
  class Handlers {
    @PolicyId('project', { param: null })
    @All('list')
    list(): void {}

    @PolicyId('project', { param: 'id' })
    @All('find/:id')
    find(): void {}

    @PolicyId('user', { param: 'id', canonical: (raw) => raw.toLowerCase() })
    @All('user/:id')
    user(): void {}
  }

  function contextOf(handler: keyof Handlers, request: object): ExecutionContext {
    return {
      getType: () => 'http',
      getClass: () => Handlers,
      getHandler: () => Handlers.prototype[handler],
      getArgByIndex: () => request,
    } as unknown as ExecutionContext;
  }

  function serverOf(
    overrides: Parameters<typeof reviewServer>[0] = {},
    controllers: Type[] = [Handlers],
  ): ModuleMetadata {
    return { ...reviewServer(overrides), controllers };
  }

  async function guarded(
    policy: TokenPolicy | 'full-access' = 'full-access',
    overrides: Partial<ApiTokenModuleProviders> = {},
    controllers: Type[] = [Handlers],
  ) {
    const server = await startApplication('Express', serverOf(overrides, controllers));
    const secret = await issueSecret(server, policy);
    const request = (params: object = {}) => ({
      headers: { authorization: `Bearer ${secret}` },
      method: 'GET',
      params,
    });
    return { server, guard: server.app.get(ApiTokenPolicyGuard), request };
  }

  it('W16 answers with true and nothing else: at once where the token is kept, else with a promise', async () => {
    class RemoteStore extends InMemoryApiTokenStore {
      override findByDigest(digests: readonly string[]): ApiTokenRecord | null {
        return Promise.resolve(super.findByDigest(digests)) as unknown as ApiTokenRecord | null;
      }
    }
    const { guard, request } = await guarded('full-access', { repository: RemoteStore });
    const first = guard.canActivate(contextOf('list', request()));
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toBe(true);
    expect(guard.canActivate(contextOf('list', request()))).toBe(true);
  });

  it.each<[string, Partial<ApiTokenFactoryOptions>, boolean]>([
    ['skipIf answers true', { requests: { skipIf: () => true } }, true],
    ['no token is asked for', { requests: { credentials: 'optional' } }, true],
    ["skipIf answers 'true'", { requests: { skipIf: () => 'true' as never } }, false],
    ['skipIf answers 1', { requests: { skipIf: () => 1 as never } }, false],
    ['skipIf answers with a promise of true', { requests: { skipIf: (async () => true) as never } }, false],
  ])('W16 without a token, where %s', async (_, options, passes) => {
    const server = await startApplication('Express', serverOf(options));
    const guard = server.app.get(ApiTokenPolicyGuard);
    const anonymous = { headers: {}, method: 'GET', params: {} };
    const answer = async () => guard.canActivate(contextOf('list', anonymous));
    if (passes) expect(await answer()).toBe(true);
    else await expect(answer()).rejects.toMatchObject({ code: expect.stringMatching(/^API_TOKEN_/) });
  });

  it.each([true, 1, { id: '1' }, null, undefined])(
    'W16 a canonicalizer that answers %j settles no ID',
    async (canonical) => {
      @Controller('things')
      class Things {
        @PolicyId('thing', { param: 'id', canonical: () => canonical as never })
        @All(':id')
        find(): void {}
      }
      const { guard, request } = await guarded('full-access', {}, [Things]);
      const context = { ...contextOf('find', request({ id: '1' })), getClass: () => Things };
      const thing = { ...context, getHandler: () => Things.prototype.find } as unknown as ExecutionContext;
      const answer = (async () => guard.canActivate(thing))();
      await expect(answer).rejects.toMatchObject({ code: 'RESOURCE_ID_NOT_CANONICAL' });
    },
  );

  it.each([[['1']], [true], [1.5], [undefined], [''], [{ toString: () => '1' }]])(
    'M20 C17 an item route rejects an ID that is no text: %j',
    async (id) => {
      const { guard, request } = await guarded();
      for (const handler of ['find', 'user'] as const) {
        const answer = (async () => guard.canActivate(contextOf(handler, request({ id }))))();
        await expect(answer).rejects.toMatchObject({ code: 'RESOURCE_ID_NOT_CANONICAL' });
      }
    },
  );

  it('W06 decides once for one request, and anew where another guard has changed it meanwhile', async () => {
    const { server, guard, request } = await guarded(blocked('project', '42'));
    const evaluator = server.app.get(PolicyEvaluator);
    const compiled = evaluator.compiled.bind(evaluator);
    let decisions = 0;
    evaluator.compiled = (subject) => {
      decisions += 1;
      return compiled(subject);
    };
    const twice = request({ id: '7' });
    expect(await guard.canActivate(contextOf('find', twice))).toBe(true);
    expect(guard.canActivate(contextOf('find', twice))).toBe(true);
    expect(decisions).toBe(1);
    twice.params = { id: '42' };
    expect(() => guard.canActivate(contextOf('find', twice))).toThrow('does not allow GET');
    twice.params = { id: '7' };
    twice.method = 'PROPFIND';
    expect(() => guard.canActivate(contextOf('find', twice))).toThrow('does not allow PROPFIND');
  });

  it('does not believe the guard of another application', async () => {
    const outer = await guarded();
    const inner = await startApplication('Express', serverOf());
    const request = outer.request();
    expect(await outer.guard.canActivate(contextOf('list', request))).toBe(true);
    const answer = (async () => inner.app.get(ApiTokenPolicyGuard).canActivate(contextOf('list', request)))();
    await expect(answer).rejects.toMatchObject({ code: 'INVALID_API_TOKEN' });
  });
});
