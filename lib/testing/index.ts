export type { StoreTestFramework } from './store-test-framework.js';
export { type OpenedApiTokenStore, testApiTokenStore } from './test-api-token-store.js';
