export type { StoreTestFramework } from './store/store-test-framework.js';
export { type OpenedApiTokenStore, testApiTokenStore } from './store/test-api-token-store.js';
