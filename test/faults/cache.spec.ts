/** A token that has ended is rejected at once, whatever the cache did. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { LRUCache } from 'lru-cache';
import { DefaultTokenGenerator } from 'nestjs-api-token';
import { DriverError, startFaultyServer } from '../support/faults.js';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a cache that fails', () => {
  it.each(['revoke', 'remove'] as const)('K01 can not forget: %s', async (end) => {
    const { tokens, token, status } = await startFaultyServer();
    expect(await status()).toBe(200);
    jest.spyOn(LRUCache.prototype, 'delete').mockImplementation(() => {
      throw new DriverError();
    });
    await tokens[end](token.id);
    expect(await status()).toBe(401);
  });

  it('K01 can not forget all', async () => {
    const { tokens, status } = await startFaultyServer();
    expect(await status()).toBe(200);
    jest.spyOn(LRUCache.prototype, 'clear').mockImplementation(() => {
      throw new DriverError();
    });
    await tokens.revokeMany({ all: true });
    expect(await status()).toBe(401);
  });

  it('K06 can not forget that a digest was unknown', async () => {
    const { tokens, status } = await startFaultyServer();
    const secret = new DefaultTokenGenerator({ prefix: 'acme' }).generate();
    expect(await status(secret)).toBe(401);
    jest.spyOn(LRUCache.prototype, 'delete').mockImplementation(() => {
      throw new DriverError();
    });
    await tokens.import({ ownerId: 'grumpy', policy: 'full-access', secret });
    expect(await status(secret)).toBe(200);
  });

  it('K01 keeps a token and fails all the same', async () => {
    const { tokens, token, status } = await startFaultyServer();
    const { set } = LRUCache.prototype;
    const spy = jest.spyOn(LRUCache.prototype, 'set').mockImplementation(function (this: object, ...args) {
      const answer = Reflect.apply(set, this, args) as never;
      if (Object.hasOwn(Object(args[1]), 'entry')) throw new DriverError();
      return answer;
    });
    expect(await status()).toBe(503);
    spy.mockRestore();
    expect(await status()).toBe(200);
    await tokens.revoke(token.id);
    expect(await status()).toBe(401);
  });

  it('K01 misses a token that it keeps, so that it is kept again', async () => {
    const { tokens, token, status } = await startFaultyServer();
    expect(await status()).toBe(200);
    const spy = jest.spyOn(LRUCache.prototype, 'get').mockReturnValue(undefined);
    expect(await status()).toBe(200);
    spy.mockRestore();
    await tokens.revoke(token.id);
    expect(await status()).toBe(401);
  });
});
