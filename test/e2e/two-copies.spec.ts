import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type ModuleMetadata, type Type, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiTokenConfigurationError } from 'nestjs-api-token';
import { bearer, createApplication, PLATFORMS, startApplication } from '../support/application.js';
import { issueSecret, reviewServer } from '../support/review-server.js';

type Package = typeof import('nestjs-api-token');

const root = join(__dirname, '..', '..');
let folder: string;
let other: Package;

beforeAll(() => {
  folder = mkdtempSync(join(root, 'test', 'copy-'));
  cpSync(join(root, 'lib'), join(folder, 'lib'), { recursive: true });
  other = createRequire(__filename)(join(folder, 'lib', 'index.ts')) as Package;
});

afterAll(() => rmSync(folder, { recursive: true }));

async function errorOf(metadata: ModuleMetadata): Promise<Error> {
  const start = async () => (await createApplication('Express', { ...reviewServer(), ...metadata })).init();
  return start().then(
    () => new Error('it has started'),
    (error: Error) => error,
  );
}

function catController(decorate: (target: Type) => void): Type {
  @Controller('cats')
  class CatController {
    @Get()
    list() {
      return {};
    }
  }
  decorate(CatController);
  return CatController;
}

describe('RB13 two copies of the package', () => {
  it.each<[string, () => ModuleMetadata]>([
    [
      '@UseGuards',
      () => ({ controllers: [catController(UseGuards(other.ApiTokenPolicyGuard))], providers: [] }),
    ],
    ['APP_GUARD', () => ({ providers: [{ provide: APP_GUARD, useClass: other.ApiTokenPolicyGuard }] })],
    [
      '@RecheckApiToken',
      () => ({ controllers: [catController((target) => other.RecheckApiToken()(target))] }),
    ],
  ])('%s of the other copy stops the start with one message that names both', async (_, metadata) => {
    const { name, message } = await errorOf(metadata());
    expect(name).toBe(ApiTokenConfigurationError.name);
    expect(message).toContain('Two copies of nestjs-api-token are loaded');
    expect(message).toContain(join(root, 'lib'));
    expect(message).toContain(join(folder, 'lib'));
    expect(message).toContain('npm ls nestjs-api-token');
  });

  it.each(PLATFORMS)(
    'decorators of the other copy that only say something are read on %s',
    async (platform) => {
      const decorate = (target: Type) => other.PolicyId('cat')(target);
      const server = await startApplication(platform, {
        ...reviewServer(),
        controllers: [catController(decorate)],
      });
      const secret = await issueSecret(server, { resources: { cat: { '*': { block: ['*'] } } } });
      expect((await server.send('GET', '/cats', bearer(secret))).status).toBe(403);
      const full = await issueSecret(server, 'full-access');
      expect((await server.send('GET', '/cats', bearer(full))).status).toBe(200);
    },
  );

  it('two modules are two roots, whichever copies they are of', async () => {
    const second = other.ApiTokenModule.forRoot({
      repository: other.InMemoryApiTokenStore,
      token: { prefix: 'other' },
    });
    const { message } = await errorOf({ imports: [...reviewServer().imports!, second] });
    expect(message).toContain('imported more than once');
  });
});
