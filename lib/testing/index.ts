export { actingAs, type ApiTokenTestClient } from './client/acting-as.js';
export type { TestRequest, TestResponse } from './client/application-server.js';
export { issueTestToken, type TestToken, type TestTokenOptions } from './client/issue-test-token.js';
export { expectPoliciesToHold, type PolicyMatrixResult } from './matrix/expect-policies-to-hold.js';
export type { PolicyMatrixOptions } from './matrix/policy-matrix-options.js';
export { type PolicyDisagreement, PolicyMatrixError } from './matrix/policy-matrix.error.js';
export type { StoreTestFramework } from './store/store-test-framework.js';
export { type OpenedApiTokenStore, testApiTokenStore } from './store/test-api-token-store.js';
