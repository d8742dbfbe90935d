import { describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { type CustomTransportStrategy, MessagePattern, Server } from '@nestjs/microservices';
import { ApiTokenPolicyGuard, PolicyId } from 'nestjs-api-token';
import { capturedLog } from '../support/log.js';
import { reviewServer } from '../support/review-server.js';

@PolicyId('cat', { param: null })
@Controller('cats')
class CatController {
  @MessagePattern('cats')
  list() {
    return {};
  }

  @Get()
  show() {
    return {};
  }
}

@UseGuards(ApiTokenPolicyGuard)
class GuardedController extends CatController {}
Controller('cats')(GuardedController);

/** A transport that takes nothing. */
class Silent extends Server implements CustomTransportStrategy {
  listen(callback: () => void) {
    callback();
  }

  close() {}

  override on() {}

  override unwrap<T>(): T {
    return undefined as T;
  }
}

const options = { logger: false, abortOnError: false } as const;

function appModule(controller = CatController) {
  class AppModule {}
  return {
    module: AppModule,
    ...reviewServer({ requests: { contexts: { rpc: 'deny' } } }),
    providers: [],
    controllers: [controller],
  };
}

describe('RB08 a microservice alone', () => {
  it('still has to be guarded, but not its routes, which nobody serves', async () => {
    const app = await NestFactory.createMicroservice(appModule(), { strategy: new Silent(), ...options });
    const message = await app.init().then(
      () => 'it has started',
      (error: Error) => error.message,
    );
    expect(message).toContain('CatController.list (rpc): it has a policy ID, but no policy guard');
    expect(message).not.toContain('/cats');
  });

  it('starts where main.ts binds the guard, and where the class does', async () => {
    for (const controller of [CatController, GuardedController]) {
      const log = capturedLog();
      const app = await NestFactory.createMicroservice(appModule(controller), {
        strategy: new Silent(),
        ...options,
      });
      if (controller === CatController) app.useGlobalGuards(app.get(ApiTokenPolicyGuard));
      await app.listen();
      await app.close();
      const table = log.log.find((line) => line.includes('METHOD'))!;
      expect(table).toMatch(/-\s+rpc\s+denied \(context\)/);
      expect(table).not.toContain('/cats');
    }
  });

  it('its module as a command starts where Nest keeps which microservices there are', async () => {
    const context = NestFactory.createApplicationContext(appModule(), options);
    // Nest 10 does not: there it may be a microservice.
    if ('getRpcTargetRegistry' in ModulesContainer.prototype) await (await context).close();
    else await expect(context).rejects.toThrow('CatController.list (rpc)');
  });
});
