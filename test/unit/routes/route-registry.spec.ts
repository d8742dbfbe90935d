import 'reflect-metadata';
import { type ExecutionContext, Get, Param, ParseIntPipe, ParseUUIDPipe } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import { ApiTokenAccess, PolicyId } from 'nestjs-api-token';
import type { RouteHandler } from '../../../lib/routes/route-handler.js';
import { HandlerFunctions, markHandler } from '../../../lib/routes/handler-functions.js';
import { RouteRegistry } from '../../../lib/routes/route-registry.js';

class ReviewController {
  @Get() list() {}
  @Get() find(@Param('id', ParseIntPipe) id: number) {
    return id;
  }
  @Get() erase(@Param('id', ParseIntPipe) id: number) {
    return id;
  }
  @Get() touch() {}
}

class FileController {
  @Get() find(@Param('id') id: string) {
    return id;
  }
  @Get() lock() {}
}

class OddController {
  @Get() list() {}
  @Get() find(@Param('id', ParseIntPipe) id: number) {
    return id;
  }
  @Get() erase(@Param('id', ParseUUIDPipe) id: string) {
    return id;
  }
  @PolicyId('odd', { canonical: (raw) => raw }) @Get() replace() {}
}

@PolicyId('base')
class Base {
  @Get() list() {}
}
@PolicyId('first')
class First extends Base {}
@PolicyId('second')
class Second extends Base {}

@ApiTokenAccess(false)
class Closed {
  @Get() list() {}
}

class Unwritten {
  ask() {}
}

@PolicyId('question', { param: 'id' })
class Resolver {
  ask() {}
}

type Class = new () => object;

function methodOf(controller: Class, name: string) {
  return (controller.prototype as Record<string, () => unknown>)[name]!;
}

function handler(controller: Class, methodName: string, ...paths: string[]): RouteHandler {
  const method = methodOf(controller, methodName);
  return {
    controller,
    method,
    methodName,
    paths,
    ownPaths: paths,
    context: 'http',
    versions: [],
    hasNamesake: false,
  };
}

const NO_INSTANCES = {
  getControllers: () => [],
  getProviders: () => [],
} as unknown as DiscoveryService;

function contextOf(controller: Class, method: () => unknown): ExecutionContext {
  return {
    getClass: () => controller,
    getHandler: () => method,
    getArgByIndex: () => ({}),
  } as unknown as ExecutionContext;
}

function routesOf(...handlers: RouteHandler[]) {
  // As HandlerDiscovery does at the beginning.
  for (const { controller, method, methodName } of handlers) markHandler(method, controller, methodName);
  let calls = 0;
  const routes = new RouteRegistry(
    {
      handlers: () => {
        calls += 1;
        return handlers;
      },
      functions: () => new HandlerFunctions(NO_INSTANCES),
      globalPipes: () => [],
    },
    true,
    [],
  );
  return {
    routes,
    calls: () => calls,
    of: (controller: Class, methodName: string) =>
      routes.of(contextOf(controller, methodOf(controller, methodName))),
  };
}

const review = { policyId: 'review', declaredMethod: 'GET' };

describe('the routes of an application', () => {
  it('are read once, when they are first asked for after they are complete', () => {
    const { routes, calls, of } = routesOf(handler(ReviewController, 'list', '/'));
    routes.complete();
    expect(calls()).toBe(0);
    const route = of(ReviewController, 'list');
    expect(route).toEqual({ kind: 'collection', ...review });
    expect(of(ReviewController, 'list')).toBe(route);
    expect(routes.all).toMatchObject([{ handler: handler(ReviewController, 'list', '/'), route }]);
    expect(routes.all[0]!.route).toBe(route);
    expect(calls()).toBe(1);
  });

  it.each(['in one order', 'in the other'])('spell the items of one resource alike, %s', (order) => {
    const handlers = [
      handler(ReviewController, 'touch', '/:id'),
      handler(ReviewController, 'find', '/:id'),
      handler(ReviewController, 'erase', '/:id'),
      handler(ReviewController, 'list', '/'),
      handler(FileController, 'lock', '/:id'),
    ];
    const { routes, of } = routesOf(...(order === 'in one order' ? handlers : handlers.toReversed()));
    const item = { kind: 'item', param: 'id', ...review, canonicalizer: 'int' };
    for (const name of ['touch', 'find', 'erase']) expect(of(ReviewController, name)).toEqual(item);
    expect(of(ReviewController, 'list')).toEqual({ kind: 'collection', ...review });
    expect(of(FileController, 'lock')).toMatchObject({ policyId: 'file', canonicalizer: 'exact' });
    expect(routes.canonicalResourceId('review', '042')).toBeNull();
    expect(routes.canonicalResourceId('review', '42')).toBe('42');
    expect(routes.canonicalResourceId('file', '042')).toBe('042');
    expect(routes.canonicalResourceId('nobody', '042')).toBe('042');
    expect(routes.canonicalResourceId('nobody', 'a\0')).toBeNull();
  });

  it('name each policy ID once, and none of what no token reaches', () => {
    const { routes } = routesOf(
      handler(ReviewController, 'list', '/'),
      handler(Closed, 'list', '/'),
      handler(ReviewController, 'find', '/:id'),
      handler(Unwritten, 'ask', '/'),
      handler(FileController, 'find', '/:id'),
    );
    expect(routes.policyIds).toEqual(['review', 'file']);
  });

  it('that spell the items of one resource in two ways are closed, its collections are not', () => {
    const { routes, of } = routesOf(
      handler(OddController, 'list', '/'),
      handler(OddController, 'find', '/:id'),
      handler(ReviewController, 'find', '/:id'),
      handler(OddController, 'erase', '/:id'),
    );
    const message =
      'the routes of policy ID "odd" spell their items in two ways (int, uuid), so that one item would have two IDs. ' +
      "Bind the parameter with the same pipe everywhere, or write @PolicyId('odd', { canonical: ... }).";
    const closed = { kind: 'misconfigured', problems: [{ code: 'CANONICALIZERS_DISAGREE', message }] };
    expect(of(OddController, 'find')).toEqual(closed);
    expect(of(OddController, 'erase')).toEqual(closed);
    expect(of(OddController, 'list')).toMatchObject({ kind: 'collection', policyId: 'odd' });
    expect(of(ReviewController, 'find')).toMatchObject({ kind: 'item', canonicalizer: 'int' });
    expect(routes.policyIds).toEqual(['odd', 'review']);
  });

  it('that spell them by a function and by a pipe are closed too', () => {
    const { of } = routesOf(
      handler(OddController, 'find', '/:id'),
      handler(OddController, 'replace', '/:id'),
    );
    expect(of(OddController, 'replace')).toMatchObject({
      problems: [{ message: expect.stringContaining('in two ways (a function, int), so') }],
    });
  });

  it('W01 are told apart where two controllers inherit one handler', () => {
    const { of } = routesOf(handler(First, 'list', '/'), handler(Second, 'list', '/'));
    expect(methodOf(First, 'list')).toBe(methodOf(Second, 'list'));
    expect(of(First, 'list')).toMatchObject({ policyId: 'first' });
    expect(of(Second, 'list')).toMatchObject({ policyId: 'second' });
  });

  it('authorize a method that takes requests and messages as a route', () => {
    const message = { ...handler(ReviewController, 'find'), context: 'rpc' as const };
    const { routes, of } = routesOf(handler(ReviewController, 'find', '/:id'), message);
    expect(of(ReviewController, 'find')).toMatchObject({ kind: 'item', policyId: 'review' });
    expect(routes.all.map(({ route }) => route.kind)).toEqual(['item', 'item']);
    expect(routes.all[1]!.handler).toBe(message);
  });
});

describe('a handler that nobody listed', () => {
  it.each([
    ['with a policy ID of its class', Resolver, 'ask'],
    ['whose class has a name that makes a policy ID', ReviewController, 'list'],
    ['with nothing written on it', Unwritten, 'ask'],
  ])('W05 RB16 is not known, %s', (_, controller, name) => {
    const { of } = routesOf(handler(FileController, 'find', '/:id'));
    expect(of(controller, name)).toBeUndefined();
  });
});
