import 'reflect-metadata';
import { All, Get, Head, Param, ParseIntPipe, ParseUUIDPipe, Patch } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { ApiTokenAccess, PolicyId, SkipApiTokenPolicy } from 'nestjs-api-token';
import { resolveRouteDeclaration } from '../../../lib/routes/resolve-route-declaration.js';

class ReviewController {
  @Get() list() {}
  @Get() find(@Param('id', ParseIntPipe) id: number) {
    return id;
  }
  @Get() findByText(@Param('id') id: string) {
    return id;
  }
  @PolicyId('comment', { param: 'key', canonical: 'uuid' })
  @Patch()
  comment(@Param('key', ParseIntPipe) key: number) {
    return key;
  }
  @PolicyId('review', { param: null })
  @Get()
  all(@Param('id', ParseUUIDPipe) id: string) {
    return id;
  }
  @Head() head() {}
  @All() any() {}
  event() {}
  @SkipApiTokenPolicy() @ApiTokenAccess(false) @Get() health() {}
  @ApiTokenAccess(false) @Get() closed() {}
  @ApiTokenAccess() @Get() open() {}
  @PolicyId('*') @Get() star() {}
  @PolicyId('__proto__') @Get() proto() {}
  @PolicyId('') @Get() empty() {}
}

@SkipApiTokenPolicy()
class HealthController {
  @Get() show() {}
  @SkipApiTokenPolicy(false) @Get() detail() {}
}

@ApiTokenAccess(false)
@PolicyId('account')
class Account {
  @Get() show() {}
  @ApiTokenAccess() @Get() name() {}
}

class Reviews {
  @Get() list() {}
}

class OwnReviewController extends ReviewController {
  @Get() override closed() {}
  @Get() override comment(key: number) {
    return key;
  }
  @ApiTokenAccess() @Get() override open() {}
  @Get() override list() {}
}

class FarReviewController extends OwnReviewController {
  @Get() override closed() {}
}

type Class = new () => object;

function resolve(controller: Class, methodName: string, path = '/', access = true, hasNamesake = false) {
  const method = (controller.prototype as Record<string, () => unknown>)[methodName]!;
  return resolveRouteDeclaration(
    { controller, method, methodName, paths: [path], ownPaths: [path], context: 'http', hasNamesake },
    access,
  );
}

function misconfigured(code: string, message: string) {
  return { kind: 'misconfigured', problems: [{ code, message }] };
}

const collection = { kind: 'collection', policyId: 'review', declaredMethod: 'GET' };

describe('what a handler says of its route', () => {
  const routes: [Class, string, string, object][] = [
    [ReviewController, 'list', '/', collection],
    [ReviewController, 'find', '/:id', { ...collection, kind: 'item', param: 'id', bound: 'int' }],
    [ReviewController, 'findByText', '/:id', { ...collection, kind: 'item', param: 'id', bound: 'exact' }],
    [ReviewController, 'list', '/:id', { ...collection, kind: 'item', param: 'id' }],
    [
      ReviewController,
      'comment',
      '/:id/:key',
      {
        kind: 'item',
        policyId: 'comment',
        declaredMethod: 'PATCH',
        param: 'key',
        written: 'uuid',
        bound: 'int',
      },
    ],
    [ReviewController, 'all', '/:id', collection],
    [ReviewController, 'head', '/', { ...collection, declaredMethod: 'HEAD' }],
    [ReviewController, 'any', '/', { ...collection, declaredMethod: null }],
    [ReviewController, 'event', '/', { ...collection, declaredMethod: null }],
    [ReviewController, 'health', '/', { kind: 'skipped' }],
    [ReviewController, 'closed', '/', { kind: 'closed' }],
    [HealthController, 'show', '/', { kind: 'skipped' }],
    [HealthController, 'detail', '/', { ...collection, policyId: 'health' }],
    [Account, 'show', '/', { kind: 'closed' }],
    [Account, 'name', '/', { ...collection, policyId: 'account' }],
  ];

  it.each(routes.map((row) => [row[0].name, ...row] as const))(
    'settles it: %s',
    (_, controller, methodName, path, route) => {
      expect(resolve(controller, methodName, path)).toEqual(route);
    },
  );

  it('is closed to tokens where nothing is said, if the application wants it so', () => {
    expect(resolve(ReviewController, 'list', '/', false)).toEqual({ kind: 'closed' });
    expect(resolve(ReviewController, 'open', '/', false)).toEqual(collection);
    expect(resolve(ReviewController, 'health', '/', false)).toEqual({ kind: 'skipped' });
  });

  it('C17 is not enough where none of its parameters is named', () => {
    expect(resolve(ReviewController, 'list', '/:key')).toMatchObject({
      kind: 'misconfigured',
      problems: [
        { code: 'RESOURCE_ID_PARAMETER', message: expect.stringContaining('does not end in ":id"') },
      ],
    });
  });

  it.each([
    ['*', 'star'],
    ['__proto__', 'proto'],
    ['', 'empty'],
  ])('D04 is no policy ID where it is %j', (policyId, methodName) => {
    expect(resolve(ReviewController, methodName)).toEqual(
      misconfigured(
        'POLICY_ID_RESERVED',
        `the policy ID ${JSON.stringify(policyId)} is reserved. Write another in @PolicyId().`,
      ),
    );
  });

  it.each<[string, Class, boolean]>([
    ['Reviews', Reviews, false],
    ['ReviewController', ReviewController, true],
  ])('W05 makes no policy ID where the class is %s', (name, controller, hasNamesake) => {
    expect(resolve(controller, 'list', '/', true, hasNamesake)).toEqual(
      misconfigured(
        'POLICY_ID_MISSING',
        `its class name "${name}" makes no policy ID (another class makes the same, or it does not end in Controller). ` +
          "Write @PolicyId('<resource>') on the class.",
      ),
    );
  });

  it.each<[string, Class, string]>([
    ['@ApiTokenAccess(false)', OwnReviewController, 'closed'],
    ['@ApiTokenAccess(false)', FarReviewController, 'closed'],
    ['@PolicyId()', OwnReviewController, 'comment'],
  ])('loses %s where a method is overridden without it', (lost, controller, methodName) => {
    const message = `it overrides a method that has ${lost}, which it does not inherit. Write it on the override too, or another one.`;
    expect(resolve(controller, methodName)).toEqual(misconfigured('OVERRIDE_LOST_DECORATOR', message));
  });

  it('loses nothing where a method is inherited, overrides none that limits tokens, or says it again', () => {
    const policyId = 'own_review';
    expect(resolve(OwnReviewController, 'list')).toEqual({ ...collection, policyId });
    expect(resolve(OwnReviewController, 'open')).toEqual({ ...collection, policyId });
    expect(resolve(FarReviewController, 'list')).toEqual({ ...collection, policyId: 'far_review' });
    expect(resolve(FarReviewController, 'all', '/:id')).toEqual(collection);
  });
});
