import { InMemoryApiTokenStore } from 'nestjs-api-token';
import { testApiTokenStore } from 'nestjs-api-token/testing';
import { brokenStores } from './broken-stores.js';

/** Started by store-kit-published.spec.ts in a Jest of its own, where every broken store has to fail. */
for (const [, Store] of brokenStores) testApiTokenStore(Store.name, async () => ({ store: new Store() }));

testApiTokenStore('InMemoryApiTokenStore', async () => ({ store: new InMemoryApiTokenStore() }));

testApiTokenStore('a store that does not open', async () => {
  throw new Error('no connection');
});

testApiTokenStore('a store that is forgotten', (async () => undefined) as never);

testApiTokenStore('a store that does not close', async () => ({
  store: new InMemoryApiTokenStore(),
  close: async () => {
    throw new Error('cannot be closed');
  },
}));
