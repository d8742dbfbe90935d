import { describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { type ApiToken, ApiTokenService, CurrentApiToken, PolicyId } from 'nestjs-api-token';
import { bearer, startApplication } from '../support/application.js';
import { reviewServer } from '../support/review-server.js';
import { everything } from '../support/tokens.js';

describe('RL11 what a handler changes in its token', () => {
  const attempts: Record<string, (token: ApiToken) => unknown> = {
    'a part of the metadata': (token) =>
      ((token.metadata as { team: { name: string } }).team.name = 'changed'),
    'an element of a list in the metadata': (token) =>
      (token.metadata as { tags: string[] }).tags.push('changed'),
    'the metadata': (token) => Object.assign(token.metadata!, { added: true }),
    'a date': (token) => token.expiresAt!.setFullYear(1999),
    'a date, by its milliseconds': (token) => token.createdAt!.setTime(0),
    'a date, by one of the oldest setters': (token) =>
      (token.expiresAt as unknown as { setYear(year: number): void }).setYear(99),
    'the policy': (token) => Object.assign(token.policy!, { resources: {} }),
    'the token': (token) => Object.assign(token, { ownerId: 'eve' }),
  };
  const seen: string[] = [];
  let attempt = '';

  @PolicyId('project')
  @Controller('projects')
  class ChangingController {
    @Get()
    change(@CurrentApiToken() token: ApiToken) {
      seen.push(JSON.stringify(token));
      try {
        attempts[attempt]!(token);
      } catch (error) {
        return { outcome: (error as Error).name };
      }
      return { outcome: 'changed' };
    }
  }

  it.each(Object.keys(attempts))('is not seen by the next request: %s', async (name) => {
    const { app, send } = await startApplication('Express', {
      ...reviewServer(),
      controllers: [ChangingController],
    });
    const { secret } = await app.get(ApiTokenService).issue({
      ...everything,
      metadata: { team: { name: 'infra' }, tags: ['a'] },
      expiresAt: new Date('2199-01-01'),
    });
    attempt = name;
    seen.length = 0;
    for (let sent = 0; sent < 2; sent += 1) {
      expect((await send('GET', '/projects', bearer(secret))).body).toEqual({ outcome: 'TypeError' });
    }
    expect(seen[1]).toBe(seen[0]);
  });
});
