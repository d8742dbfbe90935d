import { Controller, Get, HostParam, type INestApplication, Param, ParseIntPipe, Type } from '@nestjs/common';
import { describe, expect, it, jest } from '@jest/globals';
import { ApiTokenOwnerProvider, PolicyId } from 'nestjs-api-token';
import { expectPoliciesToHold, type PolicyMatrixOptions } from 'nestjs-api-token/testing';
import { createApplication, PLATFORMS } from '../support/application.js';
import { calls, reviewServer } from '../support/review-server.js';

jest.setTimeout(60_000);

/** A controller that answers on some hosts only. */
function controllerOn(host: string | RegExp | (string | RegExp)[], name = 'cat'): Type {
  @PolicyId(name)
  @Controller({ host, path: 'cats' })
  class HostedController {
    @Get()
    list() {
      calls.push('list');
    }

    @Get(':id')
    find(@HostParam('account') account: string, @Param('id', ParseIntPipe) id: number) {
      calls.push(`find ${account} ${id}`);
    }
  }
  return HostedController;
}

describe.each(PLATFORMS)('RO05 the matrix on %s asks the host of a controller', (platform) => {
  /** Runs the matrix and answers with the hosts that it named. */
  async function hostsAsked(controllers: Type[], options: PolicyMatrixOptions = {}): Promise<string[]> {
    const hosts = new Set<string>();
    const app: INestApplication = await createApplication(platform, { ...reviewServer(), controllers });
    app.use((request: { headers: { host?: string } }, _response: unknown, next: () => void) => {
      hosts.add(String(request.headers.host));
      next();
    });
    await expectPoliciesToHold(app, options);
    expect(calls).toEqual([]);
    return [...hosts].toSorted();
  }

  it('with parameters', async () => {
    expect(await hostsAsked([controllerOn(':account.example.com')])).toEqual(['1.example.com']);
  });

  it('with parameters that are given', async () => {
    const params = { account: 'acme' };
    expect(await hostsAsked([controllerOn(':account.example.com')], { params })).toEqual([
      'acme.example.com',
    ]);
  });

  it('without parameters', async () => {
    expect(await hostsAsked([controllerOn('api.example.com')])).toEqual(['api.example.com']);
  });

  it('that has several', async () => {
    const controller = controllerOn(['a.example.com', ':account.example.org', /never/]);
    expect(await hostsAsked([controller])).toEqual(['1.example.org', 'a.example.com']);
  });

  it('that is a RegExp, where the headers name it', async () => {
    const headers = { host: 'shop.example.net' };
    expect(await hostsAsked([controllerOn(/^shop\./)], { headers })).toEqual(['shop.example.net']);
  });

  it('that is a RegExp, and says what to write where the headers do not name it', async () => {
    await expect(hostsAsked([controllerOn(/^shop\./)])).rejects.toThrow(/headers: \{/);
  });
});

it('RO05 two controllers of one path are each asked on their host', async () => {
  const controllers = [controllerOn('a.example.com', 'cat'), controllerOn(':account.example.org', 'dog')];
  const app = await createApplication('Express', { ...reviewServer(), controllers });
  await expect(expectPoliciesToHold(app)).resolves.toMatchObject({ unguarded: [] });
});

describe.each(PLATFORMS)('RO06 the matrix on %s with an owner that nobody knows', (platform) => {
  async function run(load: (ownerId: string) => unknown, options: PolicyMatrixOptions = {}): Promise<string> {
    class Owners extends ApiTokenOwnerProvider {
      override load = load;
    }
    const app = await createApplication(
      platform,
      reviewServer({ ownerProvider: Owners, timeouts: { lookupMs: 200 } }),
    );
    return expectPoliciesToHold(app, options).then(
      () => 'nothing',
      ({ message }: Error) => message,
    );
  }

  it.each([
    ['answers with null', () => null, 'owner-inactive'],
    [
      'throws',
      () => {
        throw new Error('invalid input syntax for type uuid');
      },
      'unavailable',
    ],
    ['rejects', () => Promise.reject(new Error('not found')), 'unavailable'],
    ['answers with what is no owner', () => 'tester', 'unavailable'],
    ['never answers', () => new Promise(() => undefined), 'unavailable'],
  ])('says so once where the owner provider %s', async (_, load, reason) => {
    const message = await run(load);
    expect(message).toBe(
      `A new token of the owner "tester" is not accepted (${reason}). ` +
        "Write ownerId: '<owner>', which names an owner that the ownerProvider knows.",
    );
  });

  it('names the owner that was given', async () => {
    const known = (ownerId: string) => (ownerId === 'doc' ? { ownerId } : null);
    expect(await run(known, { ownerId: 'nobody' })).toContain('the owner "nobody"');
    expect(await run(known, { ownerId: 'doc' })).toBe('nothing');
  });
});
