import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Sse, UseGuards } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ApiTokenPolicyGuard, RecheckApiToken, RecheckApiTokenInterceptor } from 'nestjs-api-token';
import { firstValueFrom, of } from 'rxjs';

@UseGuards(ApiTokenPolicyGuard)
@Controller('events')
class EventsController {
  @Get()
  list() {
    return ['a'];
  }

  @RecheckApiToken()
  @Sse('stream')
  stream() {
    return of({ data: 'a' });
  }
}

@Controller('events')
class RecheckedController {
  @RecheckApiToken({ everyMs: 50 })
  @Sse('stream')
  stream() {
    return of({ data: 'a' });
  }
}

const letPass = { canActivate: () => true };
const asItIs = { intercept: (_context: unknown, next: { handle(): unknown }) => next.handle() };

describe('RB14 a unit test of a controller without the module', () => {
  it('puts something in place of the guard and of the interceptor', async () => {
    const module = await Test.createTestingModule({ controllers: [EventsController] })
      .overrideGuard(ApiTokenPolicyGuard)
      .useValue(letPass)
      .overrideInterceptor(RecheckApiTokenInterceptor)
      .useValue(asItIs)
      .compile();
    const controller = module.get(EventsController);
    expect(controller.list()).toEqual(['a']);
    expect(await firstValueFrom(controller.stream())).toEqual({ data: 'a' });
  });

  it('serves what is behind them', async () => {
    const module = await Test.createTestingModule({ controllers: [EventsController] })
      .overrideGuard(ApiTokenPolicyGuard)
      .useValue(letPass)
      .overrideInterceptor(RecheckApiTokenInterceptor)
      .useValue(asItIs)
      .compile();
    const app = module.createNestApplication({ logger: false });
    try {
      await app.listen(0, '127.0.0.1');
      const answer = await fetch(`${await app.getUrl()}/events/stream`);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('data: a');
    } finally {
      await app.close();
    }
  });

  it('says which is missing where one of them is not replaced', async () => {
    const withoutGuard = Test.createTestingModule({ controllers: [EventsController] })
      .overrideInterceptor(RecheckApiTokenInterceptor)
      .useValue(asItIs)
      .compile();
    await expect(withoutGuard).rejects.toThrow('ApiTokenPolicyGuard is bound');
    const withoutInterceptor = Test.createTestingModule({ controllers: [RecheckedController] }).compile();
    await expect(withoutInterceptor).rejects.toThrow('RecheckApiTokenInterceptor is bound');
  });
});
