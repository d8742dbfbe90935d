import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { describe, expect, it, jest } from '@jest/globals';
import { type ApiToken, getApiToken } from 'nestjs-api-token';
import { emptyCarrier, fillMessage, openMessage } from '../../../lib/request/message-tokens.js';

function hostOf(...args: unknown[]): ExecutionContext {
  return {
    getType: () => 'ws',
    getArgs: () => args,
    getArgByIndex: (index: number) => args[index],
  } as unknown as ExecutionContext;
}

function tokenOf(ownerId: string): ApiToken {
  return { ownerId } as ApiToken;
}

function fill(host: ArgumentsHost, carrier: object, ownerId: string): void {
  openMessage(host);
  fillMessage(host, carrier, tokenOf(ownerId));
}

describe('the token of a message', () => {
  it.each([undefined, null, 7, 'text', {}, [], Object.freeze({})])('RO08: there is none on %j', (from) => {
    expect(getApiToken(from as object | undefined)).toBeUndefined();
  });

  it('RO08: there is none on an HTTP context without a request', () => {
    const context = { ...hostOf(), getType: () => 'http' } as unknown as ExecutionContext;
    expect(getApiToken(context)).toBeUndefined();
  });

  it('RC01: is found with the objects of the message, whatever text stands between them', () => {
    const [socket, payload] = [{}, {}];
    fill(hostOf(socket, payload), socket, 'one');
    // Nest appends the pattern, before an exception filter too.
    expect(getApiToken(hostOf(socket, payload, 'pattern'))?.ownerId).toBe('one');
    expect(getApiToken(hostOf(socket, 'text', payload))?.ownerId).toBe('one');
  });

  it('RC01: is that of this message, where others have the same socket, payload or context', () => {
    const [socket, other, one, two, shared] = [{}, {}, {}, {}, {}];
    fill(hostOf(socket, one, shared), socket, 'one');
    fill(hostOf(socket, two, shared), socket, 'two');
    fill(hostOf(other, one, shared), other, 'three');
    expect(getApiToken(hostOf(socket, one, shared))?.ownerId).toBe('one');
    expect(getApiToken(hostOf(socket, two, shared))?.ownerId).toBe('two');
    expect(getApiToken(hostOf(other, one, shared))?.ownerId).toBe('three');
  });

  it('RC01: is found where the payload was replaced, by what came with it', () => {
    const [context, payload] = [{}, {}];
    fill(hostOf(payload, context), context, 'one');
    expect(getApiToken(hostOf({}, context))?.ownerId).toBe('one');
  });

  it('RC03: is not that of an earlier message of the socket', () => {
    const socket = {};
    fill(hostOf(socket, {}), socket, 'one');
    expect(getApiToken(hostOf(socket, {}))).toBeUndefined();
    expect(getApiToken(hostOf(socket, 'text'))).toBeUndefined();
    fill(hostOf(socket, 'text'), socket, 'two');
    openMessage(hostOf(socket, 'other text'));
    expect(getApiToken(hostOf(socket, 'other text'))).toBeUndefined();
  });

  it('RC01: the carrier has that of its last message, until one comes without', () => {
    const socket = {};
    fill(hostOf(socket, {}), socket, 'one');
    fill(hostOf(socket, {}), socket, 'two');
    expect(getApiToken(socket)?.ownerId).toBe('two');
    emptyCarrier(socket);
    expect(getApiToken(socket)).toBeUndefined();
  });

  it('RC02: nothing is written on what a message has, which may be frozen', () => {
    const [socket, payload] = [Object.freeze({}), Object.freeze({ id: '1' })];
    fill(hostOf(socket, payload), socket, 'one');
    expect(getApiToken(hostOf(socket, payload))?.ownerId).toBe('one');
    expect([Reflect.ownKeys(socket), Reflect.ownKeys(payload)]).toEqual([[], ['id']]);
  });

  it('RC01: is found by the other copy of this package', async () => {
    const [socket, payload] = [{}, {}];
    fill(hostOf(socket, payload), socket, 'one');
    await jest.isolateModulesAsync(async () => {
      const other = await import('nestjs-api-token');
      expect(other.getApiToken).not.toBe(getApiToken);
      expect(other.getApiToken(hostOf(socket, payload))?.ownerId).toBe('one');
    });
  });

  it('RC01: a message of no objects has none', () => {
    fill(hostOf('text', 7), {}, 'one');
    expect(getApiToken(hostOf('text', 7))).toBeUndefined();
    expect(getApiToken(hostOf())).toBeUndefined();
  });
});
