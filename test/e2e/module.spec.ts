import { Injectable, Module, type ModuleMetadata, type OnModuleInit } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import {
  ApiTokenModule,
  type ApiTokenModuleOptions,
  ApiTokenPolicyGuard,
  ApiTokenRepository,
  ApiTokenService,
  ApiTokenStore,
  InMemoryApiTokenStore,
} from 'nestjs-api-token';
import { bearer, createApplication, startApplication } from '../support/application.js';
import { issueSecret, ProjectController } from '../support/review-server.js';

const token = { prefix: 'acme' };

function root(options: Partial<ApiTokenModuleOptions>): ModuleMetadata {
  return { imports: [ApiTokenModule.forRoot({ repository: InMemoryApiTokenStore, token, ...options })] };
}

describe('forRootAsync', () => {
  const PREFIX = 'PREFIX';

  @Module({ providers: [{ provide: PREFIX, useValue: 'async' }], exports: [PREFIX] })
  class Configuration {}

  @Injectable()
  class OptionsFactory {
    createApiTokenOptions() {
      return { token: { prefix: 'made' } };
    }
  }

  it.each([
    [
      'a factory',
      {
        imports: [Configuration],
        inject: [PREFIX],
        useFactory: async (prefix: string) => ({ token: { prefix } }),
      },
      /^async_/,
    ],
    ['a class', { useClass: OptionsFactory }, /^made_/],
    ['a provider', { useExisting: OptionsFactory, extraProviders: [OptionsFactory] }, /^made_/],
  ])('takes the options of %s', async (_, options, secret) => {
    const server = await startApplication('Express', {
      imports: [ApiTokenModule.forRootAsync({ repository: InMemoryApiTokenStore, ...options } as never)],
      controllers: [ProjectController],
      providers: [{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }],
    });
    const issued = await issueSecret(server, 'full-access');
    expect(issued).toMatch(secret);
    expect((await server.send('GET', '/projects', bearer(issued))).status).toBe(200);
    expect((await server.send('GET', '/projects')).status).toBe(401);
  });
});

describe('the module', () => {
  it('gives the store as repository and as store: one instance', async () => {
    const app = await createApplication('Express', root({}));
    await app.init();
    expect(app.get(ApiTokenRepository)).toBeInstanceOf(InMemoryApiTokenStore);
    expect(app.get(ApiTokenStore)).toBe(app.get(ApiTokenRepository));
  });

  it('issues tokens in onModuleInit, with policies checked against the routes', async () => {
    @Injectable()
    class Seeds implements OnModuleInit {
      error: unknown;

      constructor(private readonly tokens: ApiTokenService) {}

      async onModuleInit() {
        await this.tokens.issue({
          ownerId: 'o',
          policy: { resources: { project: { '1': { block: ['*'] } } } },
        });
        this.error = await this.tokens
          .issue({ ownerId: 'o', policy: { resources: { projekt: { '01': { block: ['*'] } } } } })
          .catch((error: unknown) => error);
      }
    }
    const app = await createApplication('Express', {
      ...root({}),
      controllers: [ProjectController],
      providers: [Seeds, { provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }],
    });
    await app.init();
    expect(app.get(Seeds).error).toMatchObject({
      code: 'INVALID_TOKEN_POLICY',
      issues: [{ pointer: '/resources/projekt', message: expect.stringContaining('"project"') }],
    });
  });

  it('isGlobal: false leaves the guard to the modules that import it', async () => {
    const app = createApplication('Express', {
      imports: [
        { module: class Feature {}, providers: [{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }] },
        ...root({ isGlobal: false }).imports!,
      ],
    });
    await expect(app).rejects.toThrow('ApiTokenPolicyGuard');
  });
});
