import { Controller, Delete, Get, Param, ParseIntPipe, type Type, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import {
  ApiTokenAccess,
  ApiTokenAuditError,
  ApiTokenPolicyGuard,
  type ApiTokenAuditFinding,
  PolicyId,
  RecheckApiToken,
  SkipApiTokenPolicy,
} from 'nestjs-api-token';
import { bearer, createApplication, type Platform, startApplication } from '../support/application.js';
import { withControllers } from '../support/controllers.js';
import { capturedLog } from '../support/log.js';
import { issueSecret } from '../support/review-server.js';
import { Traced } from '../support/wrapped-handlers.js';

const GLOBAL_GUARD = [{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }];

/** What stops the start of an application with a controller, if something does. */
async function findingsOf(
  platform: Platform,
  controller: Type,
  providers: object[] = GLOBAL_GUARD,
  audit: 'error' | 'strict' = 'error',
): Promise<readonly ApiTokenAuditFinding[]> {
  const metadata = { ...withControllers([controller], { audit }), providers: providers as never[] };
  const app = await createApplication(platform, metadata);
  const error: unknown = await app.init().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return [];
  expect(error).toBeInstanceOf(ApiTokenAuditError);
  return (error as ApiTokenAuditError).findings;
}

/** The status of a request with full access, where the application starts all the same. */
async function statusWithWarning(platform: Platform, controller: Type, method: string, path: string) {
  const server = await startApplication(platform, withControllers([controller], { audit: 'warn' }));
  return (await server.send(method, path, bearer(await issueSecret(server, 'full-access')))).status;
}

const WITHOUT_GUARD = /^(POLICY_ID|DECORATOR)_WITHOUT_GUARD$/;

type Decorator = (...decorated: never[]) => unknown;
function decorate(target: object, name: string, ...decorators: Decorator[]): void {
  for (const decorator of decorators.toReversed()) {
    const descriptor = Object.getOwnPropertyDescriptor(target, name)!;
    decorator(...([target, name, descriptor] as never[]));
    Object.defineProperty(target, name, descriptor);
  }
}

const LIMITS: [string, Decorator, Decorator][] = [
  ['@ApiTokenAccess(false)', ApiTokenAccess(false), ApiTokenAccess()],
  ['@PolicyId()', PolicyId('vet'), PolicyId('cat')],
  ['@SkipApiTokenPolicy(false)', SkipApiTokenPolicy(false), SkipApiTokenPolicy()],
  ['@RecheckApiToken()', RecheckApiToken({ everyMs: 1_000 }), ApiTokenAccess()],
];

describe('decorators that are lost', () => {
  describe('to another decorator', () => {
    function tracedController(
      decorator: Decorator,
      classDecorator: Decorator,
      isAbove: boolean,
      copies: boolean,
    ) {
      class CatController {
        remove(id: number) {
          return { id };
        }
      }
      decorate(
        CatController.prototype,
        'remove',
        Delete(':id'),
        ...(isAbove ? [Traced(copies), decorator] : [decorator, Traced(copies)]),
      );
      Param('id', ParseIntPipe)(CatController.prototype, 'remove', 0);
      Controller('cats')(CatController);
      classDecorator(...([CatController] as never[]));
      return CatController;
    }

    it.each(LIMITS)('RB04: %s below one that replaces the method stops the start', async (...row) => {
      const [name, decorator, classDecorator] = row;
      const controller = tracedController(decorator, classDecorator, true, false);
      expect(await findingsOf('Express', controller)).toMatchObject([
        {
          code: 'DECORATOR_LOST',
          severity: 'error',
          handler: 'CatController.remove (/cats/:id)',
          message: expect.stringContaining(name.replace('(false)', '()')),
        },
      ]);
      expect(await statusWithWarning('Express', controller, 'DELETE', '/cats/1')).toBe(403);
    });

    it.each(LIMITS)('RB04: %s above one that replaces the method counts', async (...row) => {
      const [, decorator, classDecorator] = row;
      expect(await findingsOf('Express', tracedController(decorator, classDecorator, false, false))).toEqual(
        [],
      );
    });

    it.each(LIMITS)('RB04: %s below one that copies the metadata counts', async (...row) => {
      const [name, decorator, classDecorator] = row;
      const controller = tracedController(decorator, classDecorator, true, true);
      expect(await findingsOf('Express', controller)).toEqual([]);
      const status = await statusWithWarning('Express', controller, 'DELETE', '/cats/1');
      expect(status).toBe(name === '@ApiTokenAccess(false)' ? 403 : 200);
    });

    it('RB04: what a method of a base class lost stops the start, too', async () => {
      class Base {
        remove() {
          return {};
        }
      }
      decorate(Base.prototype, 'remove', Delete(), Traced(), ApiTokenAccess(false));
      @Controller('cats')
      class CatController extends Base {}
      expect(await findingsOf('Express', CatController)).toMatchObject([{ code: 'DECORATOR_LOST' }]);
    });
  });

  describe('to an override', () => {
    function overriding(base: Decorator[], own: Decorator[], classDecorator: Decorator): Type {
      class Base {
        name(): object {
          return {};
        }
      }
      decorate(Base.prototype, 'name', ...base);
      class CatController extends Base {
        override name() {
          return { own: true };
        }
      }
      decorate(CatController.prototype, 'name', ...own);
      Controller('cats')(CatController);
      classDecorator(...([CatController] as never[]));
      return CatController;
    }

    it.each(LIMITS)('RB05 RB17: that does not repeat %s stops the start', async (...row) => {
      const [name, decorator, classDecorator] = row;
      const controller = overriding([Get('name'), decorator], [Get('name')], classDecorator);
      expect(await findingsOf('Express', controller)).toMatchObject([
        { code: 'OVERRIDE_LOST_DECORATOR', severity: 'error', message: expect.stringContaining(name) },
      ]);
      expect(await statusWithWarning('Express', controller, 'GET', '/cats/name')).toBe(403);
    });

    it.each(LIMITS)('RB17: that repeats %s starts', async (...row) => {
      const [, decorator, classDecorator] = row;
      const controller = overriding([Get('name'), decorator], [Get('name'), decorator], classDecorator);
      expect(await findingsOf('Express', controller)).toEqual([]);
    });

    it.each(LIMITS)('RB17: that lost %s in the base class already stops the start', async (...row) => {
      const [name, decorator, classDecorator] = row;
      const controller = overriding([Get('name'), Traced(), decorator], [Get('name')], classDecorator);
      expect(await findingsOf('Express', controller)).toMatchObject([
        { code: 'OVERRIDE_LOST_DECORATOR', message: expect.stringContaining(name) },
      ]);
    });

    it.each(LIMITS)('RB17: that says itself that it is skipped need not repeat %s', async (...row) => {
      const [, decorator, classDecorator] = row;
      const own = [Get('name'), SkipApiTokenPolicy()];
      expect(await findingsOf('Express', overriding([Get('name'), decorator], own, classDecorator))).toEqual(
        [],
      );
    });

    it('RB17: the class may limit as much as what the override lost', async () => {
      for (const [base, classDecorator] of [
        [RecheckApiToken(), RecheckApiToken()],
        [SkipApiTokenPolicy(false), SkipApiTokenPolicy(false)],
        [ApiTokenAccess(false), ApiTokenAccess(false)],
      ] as const) {
        const controller = overriding([Get('name'), base], [Get('name')], classDecorator);
        expect(await findingsOf('Express', controller)).toEqual([]);
      }
    });

    it('RB05: a mixin is no way around it', async () => {
      class Base {
        @SkipApiTokenPolicy(false)
        @Get('name')
        name(): object {
          return {};
        }
      }
      function loud(base: typeof Base) {
        class LoudBase extends base {
          @Get('name')
          override name() {
            return { loud: true };
          }
        }
        return LoudBase;
      }
      @SkipApiTokenPolicy()
      @Controller('cats')
      class CatController extends loud(Base) {}
      expect(await findingsOf('Express', CatController)).toMatchObject([{ code: 'OVERRIDE_LOST_DECORATOR' }]);
    });
  });

  describe('with the guard', () => {
    function partly(own: Decorator[], guarded: Decorator[] = [UseGuards(ApiTokenPolicyGuard)]): Type {
      class CatController {
        list() {
          return {};
        }
        name() {
          return {};
        }
        age() {
          return {};
        }
      }
      decorate(CatController.prototype, 'list', Get(), ...guarded);
      decorate(CatController.prototype, 'name', Get('name'), ...own);
      decorate(CatController.prototype, 'age', Get('age'), SkipApiTokenPolicy());
      Controller('cats')(CatController);
      return CatController;
    }

    it('RB18: an unguarded method beside guarded ones is warned of, and those are named', async () => {
      const log = capturedLog();
      expect(await findingsOf('Express', partly([]), [])).toEqual([]);
      expect(log.warn).toEqual([
        expect.stringMatching(/^CatController\.name \(\/cats\/name\): .*CatController\.list/),
      ]);
      expect(await findingsOf('Express', partly([]), [], 'strict')).toMatchObject([
        { code: 'GUARD_MISSING_BESIDE', severity: 'warning', handler: 'CatController.name (/cats/name)' },
      ]);
    });

    it('RB18: none is warned of where the guard is bound to the class or to all', async () => {
      expect(await findingsOf('Express', partly([]), GLOBAL_GUARD, 'strict')).toEqual([]);
      const controller = partly([]);
      UseGuards(ApiTokenPolicyGuard)(controller);
      expect(await findingsOf('Express', controller, [], 'strict')).toEqual([]);
    });

    it.each(LIMITS)('RB18: an unguarded method with %s stops the start', async (_, decorator) => {
      expect(await findingsOf('Express', partly([decorator]), [])).toMatchObject([
        {
          code: expect.stringMatching(WITHOUT_GUARD),
          severity: 'error',
          handler: 'CatController.name (/cats/name)',
        },
      ]);
    });

    it.each(LIMITS)(
      'RB18: a guard that another decorator lost above %s stops the start',
      async (_, decorator) => {
        const own = [decorator, Traced(), UseGuards(ApiTokenPolicyGuard)];
        expect(await findingsOf('Express', partly(own), [])).toMatchObject([
          { code: expect.stringMatching(WITHOUT_GUARD), severity: 'error' },
        ]);
      },
    );

    it('RB18: a guard that another decorator lost is warned of where nothing else is said', async () => {
      const own = [Traced(), UseGuards(ApiTokenPolicyGuard)];
      expect(await findingsOf('Express', partly(own), [], 'strict')).toMatchObject([
        { code: 'GUARD_MISSING_BESIDE', severity: 'warning' },
      ]);
    });

    it('RB18: a class with a decorator of this package and no guard stops the start', async () => {
      const controller = partly([], []);
      ApiTokenAccess(false)(controller);
      expect(await findingsOf('Express', controller, [])).toMatchObject([
        { code: 'DECORATOR_WITHOUT_GUARD', handler: 'CatController.list (/cats)' },
        { code: 'DECORATOR_WITHOUT_GUARD', handler: 'CatController.name (/cats/name)' },
      ]);
    });
  });
});
