import 'reflect-metadata';
import { All, Get, Head, Param, ParseIntPipe, ParseUUIDPipe, Patch } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { ApiTokenAccess, PolicyId, SkipApiTokenPolicy } from 'nestjs-api-token';
import { resolveRoutePolicy } from '../../../lib/http/resolve-route-policy.js';

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

type Class = new () => object;

function resolve(controller: Class, methodName: string, path = '/', access = true, hasNamesake = false) {
  const method = (controller.prototype as Record<string, () => unknown>)[methodName]!;
  return resolveRoutePolicy({ controller, method, methodName, paths: [path], hasNamesake }, access);
}

function unsettled(message: string) {
  return { kind: 'unsettled', problems: [{ message }] };
}

const collection = { kind: 'collection', policyId: 'review', declaredMethod: 'GET' };

describe('what a handler says of its route', () => {
  it.each<[Class, string, string, object]>([
    [ReviewController, 'list', '/', collection],
    [ReviewController, 'find', '/:id', { ...collection, kind: 'item', param: 'id', canonicaliser: 'int' }],
    [
      ReviewController,
      'findByText',
      '/:id',
      { ...collection, kind: 'item', param: 'id', canonicaliser: 'exact' },
    ],
    [
      ReviewController,
      'list',
      '/:id',
      { ...collection, kind: 'item', param: 'id', canonicaliser: undefined },
    ],
    [
      ReviewController,
      'comment',
      '/:id/:key',
      { kind: 'item', policyId: 'comment', declaredMethod: 'PATCH', param: 'key', canonicaliser: 'uuid' },
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
  ])('settles it: %p %s at %s', (controller, methodName, path, route) => {
    expect(resolve(controller, methodName, path)).toEqual(route);
  });

  it('is closed to tokens where nothing is said, if the application wants it so', () => {
    expect(resolve(ReviewController, 'list', '/', false)).toEqual({ kind: 'closed' });
    expect(resolve(ReviewController, 'open', '/', false)).toEqual(collection);
    expect(resolve(ReviewController, 'health', '/', false)).toEqual({ kind: 'skipped' });
  });

  it('C17 is not enough where none of its parameters is named', () => {
    expect(resolve(ReviewController, 'list', '/:key')).toMatchObject({
      kind: 'unsettled',
      problems: [{ message: expect.stringContaining('none is named "id"') }],
    });
  });

  it.each([
    ['*', 'star'],
    ['__proto__', 'proto'],
    ['', 'empty'],
  ])('D04 is no policy ID where it is %j', (policyId, methodName) => {
    expect(resolve(ReviewController, methodName)).toEqual(
      unsettled(`the policy ID ${JSON.stringify(policyId)} is reserved. Write another in @PolicyId().`),
    );
  });

  it.each<[string, Class, boolean]>([
    ['Reviews', Reviews, false],
    ['ReviewController', ReviewController, true],
  ])('W05 makes no policy ID where the class is %s', (name, controller, hasNamesake) => {
    expect(resolve(controller, 'list', '/', true, hasNamesake)).toEqual(
      unsettled(
        `its class name "${name}" makes no policy ID (another class has it too, or it does not end in Controller). ` +
          "Write @PolicyId('<resource>') on the class.",
      ),
    );
  });
});
