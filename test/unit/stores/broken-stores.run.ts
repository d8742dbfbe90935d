import { InMemoryApiTokenStore } from 'nestjs-api-token';
import { testApiTokenStore } from 'nestjs-api-token/testing';
import { brokenStores } from './broken-stores.js';

/** Started by store-kit-published.spec.ts in a Jest of its own. All of the broken stores are in store-kit.spec.ts. */
const [, BrokenStore] = brokenStores[0]!;
testApiTokenStore(BrokenStore.name, async () => ({ store: new BrokenStore() }));

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
