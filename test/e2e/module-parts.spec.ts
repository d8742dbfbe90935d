import { inspect } from 'node:util';
import { setTimeout } from 'node:timers/promises';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  forwardRef,
  Get,
  Inject,
  Injectable,
  Module,
  type ModuleMetadata,
  Param,
  ParseIntPipe,
  Scope,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD, ModuleRef, NestFactory } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { MessagePattern, type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { describe, expect, it } from '@jest/globals';
import {
  ApiTokenAccess,
  type ApiTokenFormat,
  ApiTokenModule,
  type ApiTokenModuleOptions,
  ApiTokenPolicyCatalog,
  ApiTokenPolicyGuard,
  ApiTokenService,
  InMemoryApiTokenStore,
  PolicyId,
} from 'nestjs-api-token';
import { expectPoliciesToHold } from 'nestjs-api-token/testing';
import { bearer, createApplication, PLATFORMS, startApplication } from '../support/application.js';
import { issueSecret, reviewServer } from '../support/review-server.js';
import { everything } from '../support/tokens.js';
import { traced } from '../support/wrapped-handlers.js';

const token = { prefix: 'acme' };

/** Why an application does not start. */
async function failure(metadata: ModuleMetadata): Promise<string> {
  const app = await createApplication('Express', metadata);
  return app.init().then(
    () => 'it started',
    (error: unknown) => String(error),
  );
}

describe('what is wrong is told with the path of the option', () => {
  @ApiTokenAccess(false)
  @Controller('closed')
  class ClosedController {
    @Get()
    show() {
      return {};
    }
  }

  @Controller('open')
  class OpenController {
    @Get()
    show() {
      return {};
    }
  }

  @UseGuards(ApiTokenPolicyGuard)
  @Controller()
  class MessageController {
    @MessagePattern('cats')
    cats() {
      return {};
    }
  }

  it.each<[string, Partial<ApiTokenModuleOptions>, ModuleMetadata['controllers'], string]>([
    ['that nobody gets in', {}, [ClosedController], "Write requests: { credentials: 'optional' } in"],
    [
      'that everybody does',
      { requests: { credentials: 'optional' } },
      [OpenController],
      "write requests: { credentials: 'required' }",
    ],
    ['that messages are denied', {}, [MessageController], 'Write requests: { contexts: { rpc: ... } } in'],
  ])('%s', async (_, options, controllers, message) => {
    const server = { ...reviewServer({ audit: 'strict', ...options }), controllers: controllers! };
    expect(await failure(server)).toContain(message);
  });

  it('an option that is misspelled beside its group', () => {
    const start = () => failure(reviewServer({ credential: 'optional' } as never));
    return expect(start()).rejects.toThrow(
      'credential is not known. Did you mean credentials? It must stand in requests: { credentials: ... }',
    );
  });
});

describe('the parts of the module', () => {
  it('O01 the catalog shows neither the application nor its peppers', async () => {
    const pepper = 'a-pepper-of-this-application';
    const peppers = { current: 'a', keys: { a: pepper } };
    const { app } = await startApplication('Express', reviewServer({ token: { ...token, peppers } }));
    const shown = inspect(app.get(ApiTokenPolicyCatalog), { depth: null, showHidden: true });
    expect(shown).not.toContain(pepper);
    expect(shown.length).toBeLessThan(200_000);
  });

  it('let nothing pass before the start has failed for a repository of request scope', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class RequestScoped extends InMemoryApiTokenStore {}
    const app = await createApplication('Express', reviewServer({ repository: RequestScoped }));
    const guard = app.get(ApiTokenPolicyGuard, { strict: false });
    expect(() => guard.canActivate({} as ExecutionContext)).toThrow('must not be of request');
    await expect(app.init()).rejects.toThrow('repository must not be of request');
  });

  it.each(PLATFORMS)(
    'make a guard that extends the guard and has a forward reference, on %s',
    async (platform) => {
      @Injectable()
      class Visitors {
        count = 0;
      }
      @Injectable()
      class CountingGuard extends ApiTokenPolicyGuard {
        @Inject(forwardRef(() => Visitors)) private readonly visitors!: Visitors;

        override canActivate(context: ExecutionContext) {
          this.visitors.count += 1;
          return super.canActivate(context);
        }
      }
      const providers = [Visitors, { provide: APP_GUARD, useClass: CountingGuard }];
      const server = await startApplication(platform, { ...reviewServer(), providers });
      const headers = bearer(await issueSecret(server, 'full-access'));
      expect((await server.send('GET', '/projects', headers)).status).toBe(200);
      expect((await server.send('GET', '/projects')).status).toBe(401);
      expect(server.app.get(Visitors).count).toBe(2);
    },
  );

  it('are made where the owner provider needs the service', async () => {
    @Injectable()
    class Users {
      constructor(readonly tokens: ApiTokenService) {}

      load(ownerId: string) {
        return { ownerId };
      }
    }
    @Module({ providers: [Users], exports: [Users] })
    class UsersModule {}
    const server = await startApplication(
      'Express',
      reviewServer({ imports: [UsersModule], ownerProvider: { useExisting: Users } }),
    );
    const headers = bearer(await issueSecret(server, 'full-access'));
    expect((await server.send('GET', '/projects', headers)).status).toBe(200);
    expect(server.app.get(Users, { strict: false }).tokens).toBe(server.app.get(ApiTokenService));
  });

  it('are checked in an application without a server', async () => {
    class NoRepository {}
    const imports = [
      ApiTokenModule.forRoot({ repository: { useValue: new NoRepository() as never }, token }),
    ];
    class CommandModule {}
    const start = () =>
      NestFactory.createApplicationContext(
        { module: CommandModule, imports },
        { logger: false, abortOnError: false },
      );
    await expect(start()).rejects.toThrow('findByDigest');
  });

  it.each<[string, Partial<ApiTokenModuleOptions>, string]>([
    ['the options', { timeouts: { lookupMs: 0 } }, 'timeouts.lookupMs'],
    ['the repository', { repository: { useValue: {} as never } }, 'findByDigest'],
  ])('are checked in a microservice that has no server: %s', async (_, options, message) => {
    @Module(reviewServer(options))
    class RootModule {}
    const start = async () => {
      const service = await NestFactory.createMicroservice<MicroserviceOptions>(RootModule, {
        transport: Transport.TCP,
        options: { host: '127.0.0.1', port: 0 },
        logger: false,
        abortOnError: false,
      });
      try {
        await service.listen();
      } finally {
        await service.close();
      }
    };
    await expect(start()).rejects.toThrow(message);
  });

  it('serve a guard that is made by a ModuleRef', async () => {
    @Injectable()
    class Factory {
      constructor(readonly moduleRef: ModuleRef) {}
    }
    const { providers = [], ...server } = reviewServer();
    const { app } = await startApplication('Express', { ...server, providers: [...providers, Factory] });
    const guard = await app.get(Factory).moduleRef.create(ApiTokenPolicyGuard);
    expect(guard).not.toBe(app.get(ApiTokenPolicyGuard));
    const context = new ExecutionContextHost([{ headers: {} }, {}], class {}, () => undefined);
    expect(() => guard.canActivate(context)).toThrow(
      'API tokens may not be used on a route that is not known',
    );
  });

  it('end with an application that is closed before it is initialized', async () => {
    const app = await createApplication('Express', reviewServer());
    await app.get(ApiTokenService).issue(everything);
    await expect(app.close()).resolves.toBeUndefined();
  });

  it.each(PLATFORMS)(
    'know a handler that is replaced while the options are waited for, on %s',
    async (platform) => {
      @PolicyId('cat')
      @Controller('cats')
      class CatController {
        @Get(':id')
        find(@Param('id', ParseIntPipe) id: number) {
          return { id };
        }
      }
      const tracer = {
        provide: Symbol('tracer'),
        async useFactory() {
          await setTimeout(5);
          CatController.prototype.find = traced(CatController.prototype.find as never) as never;
          return {};
        },
      };
      const server = await startApplication(platform, {
        imports: [
          ApiTokenModule.forRootAsync({
            repository: InMemoryApiTokenStore,
            useFactory: () => setTimeout(50, { token }),
          }),
        ],
        controllers: [CatController],
        providers: [tracer, { provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }],
      });
      const secret = await issueSecret(server, {
        resources: { cat: { '1': { allow: ['GET'] }, '*': { block: ['*'] } } },
      });
      const status = async (path: string) => (await server.send('GET', path, bearer(secret))).status;
      expect([await status('/cats/1'), await status('/cats/2')]).toEqual([200, 403]);
    },
  );
});

describe('a token as applications see it', () => {
  it('has defaults for what a store leaves out, and is over where its expiry is unreadable', async () => {
    class CarelessStore extends InMemoryApiTokenStore {
      override async findById(id: string) {
        const stored = await super.findById(id);
        return stored && { ...stored, note: null as never, expiresAt: Number.MAX_SAFE_INTEGER as never };
      }
    }
    const { app } = await startApplication('Express', reviewServer({ repository: CarelessStore }));
    const service = app.get(ApiTokenService);
    const issued = await service.issue(everything);
    expect(issued.token.status).toBe('active');
    expect(await service.find(issued.token.id)).toMatchObject({ note: '', status: 'expired' });
  });

  it('has a hint that shows little of a short secret, also of one with the prefix', async () => {
    const legacy: ApiTokenFormat = {
      id: 'legacy',
      claims: (credential) => credential.startsWith('acme_'),
      hasShape: (credential) => /^acme_\d{8}$/.test(credential),
      hasValidChecksum: () => true,
    };
    const options = { token: { ...token, formats: { accepted: [legacy] } } };
    const { app } = await startApplication('Express', reviewServer(options));
    const imported = await app.get(ApiTokenService).import({ ...everything, secret: 'acme_12345678' });
    expect(imported.hint).toBe('acme_12');
    const { token: issued, secret } = await app.get(ApiTokenService).issue(everything);
    expect(issued.hint).toBe(secret.slice(0, 'acme_'.length + 4));
  });
});

describe.each(PLATFORMS)('the policy matrix on %s', (platform) => {
  it('notices a guard that asks again after a rejection', async () => {
    @Injectable()
    class SecondChanceGuard implements CanActivate {
      constructor(private readonly policies: ApiTokenPolicyGuard) {}

      async canActivate(context: ExecutionContext) {
        const request = context.switchToHttp().getRequest<{ params: Record<string, string> }>();
        const { params } = request;
        try {
          return await this.policies.canActivate(context);
        } catch {
          request.params = { ...params, id: '1' };
          return await this.policies.canActivate(context);
        }
      }
    }

    @PolicyId('cat')
    @UseGuards(SecondChanceGuard)
    @Controller('cats')
    class CatController {
      @Get(':id')
      find(@Param('id', ParseIntPipe) id: number) {
        return { id };
      }
    }
    const app = await createApplication(platform, {
      ...reviewServer(),
      controllers: [CatController],
      providers: [],
    });
    await expect(expectPoliciesToHold(app)).rejects.toThrow('let in, though denied: cat 2');
  });
});
