/** Requests share a token that is kept: what one of them does to it is not seen by the next. */
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import {
  type ApiToken,
  ApiTokenAuthenticator,
  ApiTokenService,
  CurrentApiToken,
  PolicyId,
} from 'nestjs-api-token';
import { bearer, PLATFORMS, type Platform, startApplication } from '../support/application.js';
import { reviewServer } from '../support/review-server.js';

/** What a careless handler does to a token; what it throws is dropped. */
let change: (token: ApiToken) => unknown = () => undefined;
let outcome = '';

@PolicyId('profile', { param: null })
@Controller('profile')
class ProfileController {
  @Post()
  change(@CurrentApiToken() token: ApiToken) {
    try {
      change(token);
      outcome = 'done';
    } catch (error) {
      outcome = String(error);
    }
  }

  @Get()
  show(@CurrentApiToken() token: ApiToken) {
    return token;
  }
}

const EXPIRES_AT = new Date('2036-01-01T00:00:00.000Z');

async function start(platform: Platform) {
  const server = await startApplication(platform, { ...reviewServer(), controllers: [ProfileController] });
  const { secret } = await server.app.get(ApiTokenService).issue({
    ownerId: 'grumpy',
    policy: { resources: { profile: { '*': { allow: ['*'] } } } },
    metadata: { team: { id: 7, roles: ['reader', { of: 'all' }] } },
    expiresAt: EXPIRES_AT,
  });
  const send = (method: string) => server.send(method, '/profile', bearer(secret));
  return { ...server, secret, send };
}

type Loose = { [key: string]: Loose } & Date & Loose[];
const loose = (token: ApiToken) => token as unknown as Loose;

describe.each(PLATFORMS)('a token that requests share on %s', (platform) => {
  it.each<[string, (token: Loose) => unknown]>([
    ['metadata', (token) => (token['metadata'] = {} as Loose)],
    ['a key of metadata', (token) => (token['metadata']!['admin'] = {} as Loose)],
    ['a nested key', (token) => (token['metadata']!['team']!['id'] = {} as Loose)],
    ['a nested list', (token) => token['metadata']!['team']!['roles']!.push({} as Loose)],
    [
      'an object in a nested list',
      (token) => (token['metadata']!['team']!['roles']![1]!['of'] = {} as Loose),
    ],
    ['a key that is deleted', (token) => delete token['metadata']!['team']],
    ['the policy', (token) => (token['policy']!['resources']!['profile']!['*'] = {} as Loose)],
    ['a list of the policy', (token) => token['policy']!['resources']!['profile']!['*']!['allow']!.pop()],
    ['a date', (token) => token['expiresAt']!.setTime(0)],
    ['another date', (token) => token['createdAt']!.setFullYear(1990)],
    ['a date, through its prototype', (token) => Date.prototype.setTime.call(token['expiresAt'], 0)],
    ['a date that is replaced', (token) => (token['expiresAt'] = new Date(0) as Loose)],
  ])('RL11: %s', async (_, careless) => {
    const { send } = await start(platform);
    const before = (await send('GET')).body;
    change = (token) => careless(loose(token));
    expect((await send('POST')).status).toBe(201);
    expect(outcome).not.toBe('');
    expect((await send('GET')).body).toEqual(before);
    expect(before).toMatchObject({ expiresAt: EXPIRES_AT.toISOString(), metadata: { team: { id: 7 } } });
  });

  it('RL11: is otherwise an object as any other', async () => {
    const { app, secret } = await start(platform);
    const answer = await app.get(ApiTokenAuthenticator).authenticate(secret);
    if (!answer.ok) throw new Error(answer.reason);
    const { token } = answer;
    expect(token.expiresAt).toBeInstanceOf(Date);
    expect(token.expiresAt?.constructor).toBe(Date);
    expect(token).toEqual({ ...token });
    expect(token).toStrictEqual({ ...token, expiresAt: EXPIRES_AT });
    expect(JSON.parse(JSON.stringify(token))).toMatchObject({ expiresAt: EXPIRES_AT.toISOString() });
    expect(structuredClone(token)).toEqual(token);
    expect(Object.keys(token)).toContain('expiresAt');
    expect(inspect(token)).toContain(EXPIRES_AT.toISOString());
    expect(Object.isFrozen(token)).toBe(true);
    // What somebody copies is theirs.
    const copy = { ...token };
    copy.expiresAt?.setTime(0);
    expect(token.expiresAt).toEqual(EXPIRES_AT);
    const later = token.expiresAt!;
    later.setDate(later.getDate() + 1);
    expect(token.expiresAt).toEqual(EXPIRES_AT);
  });

  it('RL11: nor does a token that the service returns share anything with the guard', async () => {
    const { app, send, secret } = await start(platform);
    const answer = await app.get(ApiTokenAuthenticator).authenticate(secret);
    if (!answer.ok) throw new Error(answer.reason);
    const found = await app.get(ApiTokenService).find(answer.token.id);
    found?.expiresAt?.setTime(0);
    expect((await send('GET')).body).toMatchObject({ expiresAt: EXPIRES_AT.toISOString() });
  });
});
