import { describe, expect, it } from '@jest/globals';
import { ApiTokenError, ApiTokenService, InMemoryApiTokenStore } from 'nestjs-api-token';
import { bearer, sharedApplication, startApplication } from '../support/application.js';
import { issueSecret, reviewServer } from '../support/review-server.js';
import { newServices } from '../support/services.js';
import { foreignSecret } from '../support/tokens.js';

const EVERYTHING = { resources: { '*': { allow: ['*'] } } };
const READ_ONLY = { resources: { '*': { allow: ['GET' as const] } } };

describe('full-access under a deny default', () => {
  const server = sharedApplication('Express', () => reviewServer({ policies: { defaultDecision: 'deny' } }));

  const REQUESTS = [
    ['GET', '/projects'],
    ['GET', '/projects/1'],
    ['HEAD', '/projects/1'],
    ['PUT', '/projects/1'],
    ['DELETE', '/projects/1'],
    ['PATCH', '/server-info/anything'],
    ['OPTIONS', '/server-info/anything'],
  ] as const;

  it.each(REQUESTS)('allows %s %s', async (method, path) => {
    const secret = await issueSecret(server, 'full-access');
    expect((await server.send(method, path, bearer(secret))).status).toBeLessThan(300);
  });

  it('is full for an update and for an import too', async () => {
    const tokens = server.app.get(ApiTokenService);
    const status = async (secret: string) =>
      (await server.send('DELETE', '/projects/1', bearer(secret))).status;
    const { token, secret } = await tokens.issue({ ownerId: 'grumpy', policy: READ_ONLY });
    expect(await status(secret)).toBe(403);
    await tokens.update(token.id, { policy: 'full-access' });
    expect(await status(secret)).toBe(200);
    const imported = foreignSecret();
    await tokens.import({ ownerId: 'grumpy', policy: 'full-access', secret: imported });
    expect(await status(imported)).toBe(200);
  });

  it.each(['allow', 'deny'] as const)(
    'is what * means: a rare method has to be named, whether the default is %s or not',
    async (defaultDecision) => {
      const other = await startApplication('Express', reviewServer({ policies: { defaultDecision } }));
      const path = '/server-info/anything';
      const full = await issueSecret(other, 'full-access');
      expect((await other.send('PROPFIND', path, bearer(full))).status).toBe(403);
      const named = await issueSecret(other, { resources: { '*': { allow: ['*', 'PROPFIND'] } } });
      expect((await other.send('PROPFIND', path, bearer(named))).status).toBe(200);
    },
  );
});

describe('full-access', () => {
  it.each([
    ['allow', '{}'],
    ['deny', JSON.stringify(EVERYTHING)],
  ] as const)('is stored, where the default is %s, as %s', async (defaultDecision, text) => {
    const store = new InMemoryApiTokenStore();
    const { tokens } = newServices({ store, policies: { defaultDecision } });
    const { token } = await tokens.issue({ ownerId: 'grumpy', policy: 'full-access' });
    const imported = await tokens.import({ ownerId: 'd', policy: 'full-access', secret: foreignSecret() });
    const limited = await tokens.issue({ ownerId: 'e', policy: READ_ONLY });
    await tokens.update(limited.token.id, { policy: 'full-access' });
    for (const { id } of [token, imported, limited.token])
      expect((await store.findById(id))?.policy).toBe(text);
  });

  it.each([{}, '{}', ' { } '])(
    'has to be asked for by name, whatever the default: not %j',
    async (policy) => {
      for (const defaultDecision of ['allow', 'deny'] as const) {
        const { tokens } = newServices({ policies: { defaultDecision } });
        const { token } = await tokens.issue({ ownerId: 'grumpy', policy: READ_ONLY });
        const calls = [
          () => tokens.issue({ ownerId: 'grumpy', policy }),
          () => tokens.update(token.id, { policy }),
          () => tokens.import({ ownerId: 'grumpy', policy, secret: foreignSecret() }),
        ];
        for (const call of calls) {
          const error = await call().catch((thrown: unknown) => thrown);
          expect(error).toBeInstanceOf(ApiTokenError);
          expect(error).toMatchObject({ code: 'EMPTY_POLICY', field: 'policy' });
        }
      }
    },
  );
});
