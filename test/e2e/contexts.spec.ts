import { Controller, type ExecutionContext, type ModuleMetadata, type Type } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { describe, expect, it } from '@jest/globals';
import { ApiTokenPolicyGuard, type ApiTokenRequest, PolicyId } from 'nestjs-api-token';
import { PLATFORMS, startApplication } from '../support/application.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

/** A handler of another transport. Its "request" is what the sender wrote, headers and all. */
function contextOf(type: string, handlers: Type, handler: string, message: object): ExecutionContext {
  return {
    getType: () => type,
    getClass: () => handlers,
    getArgs: () => [message],
    getHandler: () => (handlers.prototype as Record<string, unknown>)[handler],
    getArgByIndex: () => message,
  } as unknown as ExecutionContext;
}

function serverOf(controller: Type, options: Parameters<typeof reviewServer>[0]): ModuleMetadata {
  return { ...reviewServer(options), controllers: [controller] };
}

describe.each(PLATFORMS)('contexts on %s', (platform) => {
  it.each(['rpc', 'ws', 'graphql', '', 'constructor', '__proto__', 'HTTP'])(
    'W11 a message of the context %j is denied where nothing is configured, whatever headers it claims',
    async (type) => {
      @PolicyId('cat', { param: null })
      @Controller()
      class CatHandlers {
        @MessagePattern('find')
        find(): void {}
      }
      const server = await startApplication(
        platform,
        serverOf(CatHandlers, { requests: { credentials: 'optional' } }),
      );
      const secret = await issueSecret(server, 'full-access');
      const message = { headers: { authorization: `Bearer ${secret}` }, method: 'GET', params: {} };
      const guard = server.app.get(ApiTokenPolicyGuard);
      for (const claimed of [message, {}, undefined as never]) {
        const answer = (async () => guard.canActivate(contextOf(type, CatHandlers, 'find', claimed)))();
        await expect(answer).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
      }
    },
  );

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['an empty object', {}],
    ['no headers', { method: 'GET', params: {} }],
    ['no parameters', { headers: {}, method: 'GET' }],
  ])('W11 an adapter that reads %s lets nobody in', async (_, request) => {
    @PolicyId('cat', { param: null })
    @Controller()
    class CatHandlers {
      @MessagePattern('find')
      find(): void {}
    }
    const adapter = { read: () => request as ApiTokenRequest, carrier: () => ({}) };
    const server = await startApplication(
      platform,
      serverOf(CatHandlers, { requests: { contexts: { rpc: adapter } } }),
    );
    const guard = server.app.get(ApiTokenPolicyGuard);
    const answer = (async () => guard.canActivate(contextOf('rpc', CatHandlers, 'find', {})))();
    await expect(answer).rejects.toMatchObject({
      code: expect.stringMatching(/^API_TOKEN_(REQUIRED|UNAVAILABLE)$/),
    });
  });

  it('W11 a context that is no HTTP request is denied, skipped or read as configured', async () => {
    @Controller()
    class CatHandlers {
      @PolicyId('cat', { param: 'id' })
      @MessagePattern('find')
      find(): void {}

      @PolicyId('cat')
      @MessagePattern('unsaid')
      unsaid(): void {}
    }
    const message = { secret: '', method: 'GET', id: '1' };
    const claims = () => ({ ...message, headers: { authorization: `Bearer ${message.secret}` } });
    const adapter = {
      read: (from: ExecutionContext) => ({
        headers: { authorization: `Bearer ${message.secret}` },
        method: message.method,
        params: { id: (from.getArgByIndex(0) as typeof message).id },
      }),
      carrier: () => ({}),
    };
    const server = await startApplication(
      platform,
      serverOf(CatHandlers, { requests: { contexts: { rpc: adapter, ws: 'skip' } }, audit: 'warn' }),
    );
    message.secret = await issueSecret(server, { resources: { '*': { block: ['*'] } } });
    const guard = server.app.get(ApiTokenPolicyGuard);
    const authorize = async (handler: keyof CatHandlers, type: string) =>
      guard.canActivate(contextOf(type, CatHandlers, handler, claims()));
    await expect(authorize('find', 'graphql')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(authorize('find', 'constructor')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await authorize('find', 'ws')).toBe(true);
    await expect(authorize('find', 'rpc')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    message.secret = await issueSecret(server, 'full-access');
    expect(await authorize('find', 'rpc')).toBe(true);
    await expect(authorize('unsaid', 'rpc')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});
