// The module and its options
export { ApiTokenModule } from './api-token.module.js';
export type {
  ApiTokenErrorOptions,
  ApiTokenFactoryOptions,
  ApiTokenLastUsedOptions,
  ApiTokenOptions,
  ApiTokenPolicyOptions,
  ApiTokenRequestOptions,
  ApiTokenTimeouts,
} from './module/api-token-factory-options.js';
export type {
  ApiTokenModuleAsyncOptions,
  ApiTokenModuleOptions,
  ApiTokenModuleProviders,
  ApiTokenOptionsFactory,
} from './module/api-token-module-options.js';
export type { ApiTokenCacheLimits } from './authentication/api-token-cache.js';
export type { ApiTokenLifetimes } from './management/check-lifetime.js';
export type { ApiTokenPeppers } from './secrets/secret-digester.js';
export type { ApiTokenFormats } from './secrets/secret-formats.js';
export type { ApiTokenAuditLevel, ApiTokenAuditOptions } from './audit/audit-options.js';
export { ApiTokenConfigurationError } from './utils/api-token-configuration.error.js';

// Decorators and the guard
export { ApiTokenAccess } from './decorators/api-token-access.decorator.js';
export { CurrentApiToken } from './decorators/current-api-token.decorator.js';
export { PolicyId } from './decorators/policy-id.decorator.js';
export { RecheckApiToken, type RecheckApiTokenOptions } from './decorators/recheck-api-token.decorator.js';
export { SkipApiTokenPolicy } from './decorators/skip-api-token-policy.decorator.js';
export { ApiTokenPolicyGuard } from './guards/api-token-policy.guard.js';
export { RecheckApiTokenInterceptor } from './interceptors/recheck-api-token.interceptor.js';
export { getApiToken } from './request/request-state.js';
export type { PolicyIdOptions } from './routes/metadata.js';

// Issuing and managing tokens
export { ApiTokenService, type IssuedApiToken } from './management/api-token.service.js';
export type {
  ApiTokenChangeOptions,
  ImportApiTokenOptions,
  IssueApiTokenOptions,
  ListApiTokensOptions,
  PruneApiTokensOptions,
  RevokeApiTokenOptions,
  RotateApiTokenOptions,
  UpdateApiTokenOptions,
} from './management/issue-options.js';
export type { ApiToken, ApiTokenStatus } from './tokens/api-token.js';
export { ApiTokenErrorFilter } from './exceptions/api-token-error.filter.js';
export { ApiTokenError, type ApiTokenErrorCode, StoreRequiredError } from './tokens/api-token.error.js';

// Authenticating and deciding without the guard
export { ApiTokenAuthenticator } from './authentication/api-token-authenticator.js';
export type { ApiTokenAuthentication } from './authentication/authenticated-entry.js';
export { PolicyEvaluator } from './authentication/policy-evaluator.js';

// Storage
export { ApiTokenOwnerProvider } from './authentication/api-token-owner-provider.js';
export { InMemoryApiTokenStore } from './stores/in-memory/in-memory-api-token.store.js';
export type { ApiTokenRecord, StoredApiToken } from './tokens/api-token-record.js';
export { ApiTokenRepository } from './tokens/api-token-repository.js';
export {
  type ApiTokenChanges,
  type ApiTokenPage,
  type ApiTokenQuota,
  type ApiTokenSelector,
  ApiTokenStore,
} from './tokens/api-token-store.js';

// Formats of secrets
export type {
  ApiTokenFormat,
  ApiTokenGenerator,
  ApiTokenGeneratorOptions,
} from './secrets/api-token-format.js';
export { DefaultTokenGenerator } from './secrets/default-token-generator.js';
export { LegacySha1TokenFormat } from './secrets/legacy-sha1-token-format.js';
export { VendorChecksumTokenGenerator } from './secrets/vendor-checksum-token-generator.js';

// Events
export type {
  ApiTokenEvent,
  ApiTokenFailure,
  ApiTokenFault,
  ApiTokenFaultSource,
} from './events/api-token-event.js';
export { ApiTokenEvents } from './events/api-token-events.js';

// Rejections and exceptions
export {
  AmbiguousCredentialsException,
  ApiTokenRequiredException,
  ApiTokenUnavailableException,
  InvalidApiTokenException,
  PermissionDeniedException,
  ResourceIdNotCanonicalException,
} from './exceptions/api-token-exceptions.js';
export { ApiTokenException, type ApiTokenExceptionCode } from './exceptions/api-token.exception.js';
export type { Rejection } from './request/rejection.js';

// Contexts other than HTTP
export type {
  ApiTokenContextAdapter,
  ApiTokenContexts,
  ApiTokenRequest,
} from './request/api-token-context-adapter.js';

// The routes of the application
export { ApiTokenPolicyCatalog } from './audit/api-token-policy-catalog.js';
export type { ApiTokenRoute } from './audit/api-token-route.js';
export { ApiTokenAuditError, type ApiTokenAuditFinding } from './audit/audit-finding.js';
export type {
  AuthenticatedRoute,
  CollectionRoute,
  ItemRoute,
  RouteDeclaration,
} from './routes/route-declaration.js';

// Policies
export * from './policy/index.js';
