import { describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Injectable,
  type OnModuleInit,
  RequestMethod,
  VersioningType,
} from '@nestjs/common';
import { ApiTokenPolicyCatalog, ApiTokenPolicyGuard, ApiTokenService, PolicyId } from 'nestjs-api-token';
import { bearer, startApplication } from '../support/application.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

@PolicyId('tenant', { param: 'tenant' })
@Controller()
class TenantController {
  @Get('settings')
  settings() {
    return {};
  }
}

@Injectable()
class EarlyReader implements OnModuleInit {
  readonly inConstructor: readonly string[];
  inInit: readonly string[] = [];

  constructor(private readonly catalog: ApiTokenPolicyCatalog) {
    this.inConstructor = catalog.routes.flatMap(({ paths }) => paths);
  }

  onModuleInit() {
    this.inInit = this.catalog.routes.flatMap(({ paths }) => paths);
  }
}

/** A token that is issued while the application is made. */
const ISSUED = Symbol('issued');

describe('RB09 what is read while the application is made', () => {
  const prefix = (app: INestApplication) => void app.setGlobalPrefix('tenants/:tenant');
  const metadata = () => {
    const { providers, ...server } = reviewServer();
    return {
      ...server,
      controllers: [TenantController],
      providers: [
        ...providers!,
        EarlyReader,
        {
          provide: ISSUED,
          inject: [ApiTokenService],
          useFactory: async (service: ApiTokenService) =>
            (
              await service.issue({
                ownerId: 'grumpy',
                policy: { resources: { tenant: { '*': { block: ['POST'] } } } },
              })
            ).secret,
        },
      ],
    };
  };

  it('is not kept: the application starts, and is authorized as it is then', async () => {
    const server = await startApplication('Express', metadata(), prefix);
    const { app, send } = server;
    expect(app.get(EarlyReader).inConstructor).toEqual(['/settings']);
    expect(app.get(EarlyReader).inInit).toEqual(['/tenants/:tenant/settings']);
    const { routes } = app.get(ApiTokenPolicyCatalog);
    expect(routes).toMatchObject([
      { paths: ['/tenants/:tenant/settings'], guard: 'bound', policy: { kind: 'item', param: 'tenant' } },
    ]);
    expect(app.get(ApiTokenPolicyCatalog).routes).toBe(routes);
    expect((await send('GET', '/tenants/a/settings', bearer(app.get<string>(ISSUED)))).status).toBe(200);
    const secret = await issueSecret(server, { resources: { tenant: { a: { block: ['*'] } } } });
    expect((await send('GET', '/tenants/a/settings', bearer(secret))).status).toBe(403);
    expect((await send('GET', '/tenants/b/settings', bearer(secret))).status).toBe(200);
  });

  it('has no versions and no excluded paths either', async () => {
    const { app } = await startApplication('Express', metadata(), (created) => {
      created.setGlobalPrefix('tenants/:tenant', { exclude: [{ path: 'other', method: RequestMethod.GET }] });
      created.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    });
    expect(app.get(EarlyReader).inConstructor).toEqual(['/settings']);
    expect(app.get(EarlyReader).inInit).toEqual(['/tenants/:tenant/v1/settings']);
  });

  it('a provider that reads it at bootstrap sees all of it', async () => {
    @Injectable()
    class LateReader {
      guards: readonly string[] = [];

      constructor(private readonly catalog: ApiTokenPolicyCatalog) {}

      onApplicationBootstrap() {
        this.guards = this.catalog.routes.flatMap(({ guard }) => guard);
      }
    }
    const early = metadata();
    const providers = [...early.providers.slice(1), LateReader];
    const { app } = await startApplication('Express', { ...early, providers }, (created) => {
      prefix(created);
      created.useGlobalGuards(created.get(ApiTokenPolicyGuard));
    });
    expect(app.get(LateReader).guards).toEqual(['bound']);
  });
});
