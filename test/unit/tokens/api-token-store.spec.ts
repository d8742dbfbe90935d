import { describe, expect, it } from '@jest/globals';
import {
  ApiTokenRepository,
  InMemoryApiTokenStore,
  type StoredApiToken,
  StoreRequiredError,
} from 'nestjs-api-token';
import { newServices } from '../../support/services.js';

const token: StoredApiToken = {
  id: '1',
  ownerId: 'grumpy',
  kind: 'default',
  hint: 'acme_x7Ka',
  policy: '{}',
  note: '',
  metadata: null,
  createdAt: new Date('2026-11-22T00:00:00.000Z'),
  notBefore: null,
  expiresAt: null,
  pausedAt: null,
  revokedAt: null,
  revocationReason: null,
  lastUsedAt: null,
};

class LookUpOnly extends ApiTokenRepository {
  override findByDigest(): null {
    return null;
  }
}

/** Whatever it was made of: another copy of this package, or JavaScript. */
const withoutPrune = Object.assign(new InMemoryApiTokenStore(), { prune: undefined as never });

describe('a repository', () => {
  it.each([
    ['only looks tokens up', new LookUpOnly()],
    ['is a store but for one method', withoutPrune],
  ])('that %s issues no tokens, and says what is missing', async (_, repository) => {
    const issuing = newServices({ repository: { useValue: repository } }).tokens.issue({
      ownerId: 'o',
      policy: 'full-access',
    });
    await expect(issuing).rejects.toThrow(StoreRequiredError);
    await expect(issuing).rejects.toMatchObject({
      name: 'StoreRequiredError',
      code: 'STORE_REQUIRED',
      field: 'repository',
      message:
        'The repository of ApiTokenModule.forRoot() only looks tokens up. To issue and manage tokens let it extend ' +
        'ApiTokenStore, or use TypeOrmApiTokenStore of nestjs-api-token/typeorm.',
    });
  });
});

describe('the store in memory', () => {
  it('says which ID is taken', async () => {
    const store = new InMemoryApiTokenStore();
    await store.insert(token, 'sha256:a', null);
    await expect(store.insert(token, 'sha256:b', null)).rejects.toThrow(
      'There is a token with the ID 1 already.',
    );
  });

  it('knows dates around 1970 from none', async () => {
    const store = new InMemoryApiTokenStore();
    await store.insert(token, 'sha256:a', null);
    const page = { after: null, limit: 10 };
    expect(await store.listExpiring(new Date(-1), new Date(1), page)).toEqual([]);
    await store.recordUses(new Map([[token.id, new Date(0)]]));
    expect((await store.findById(token.id))?.lastUsedAt).toEqual(new Date(0));
  });
});
