export { ApiTokenConfigurationError } from './api-token-configuration.error.js';
export { ApiTokenModule } from './api-token.module.js';
export type {
  ApiTokenAsyncOptions,
  ApiTokenModuleAsyncRoot,
  ApiTokenModuleExtras,
  ApiTokenModuleOptions,
  ApiTokenModuleRoot,
  ApiTokenOptionsFactory,
  ProviderOf,
} from './api-token-module-options.js';
export { ApiTokenPolicyCatalogue } from './audit/api-token-policy-catalogue.js';
export type { ApiTokenRoute } from './audit/api-token-route.js';
export { ApiTokenAuditError, type AuditFinding } from './audit/audit-finding.js';
export type { ApiTokenAuditLevel, ApiTokenAuditOptions } from './audit/audit-options.js';
export { ApiTokenAccess } from './decorators/api-token-access.decorator.js';
export { CurrentApiToken } from './decorators/current-api-token.decorator.js';
export { PolicyId } from './decorators/policy-id.decorator.js';
export { RecheckApiToken, type RecheckApiTokenOptions } from './decorators/recheck-api-token.decorator.js';
export { SkipApiTokenPolicy } from './decorators/skip-api-token-policy.decorator.js';
export type {
  ApiTokenEvent,
  AuthenticationFailure,
  Fault,
  FaultyComponent,
} from './events/api-token-event.js';
export { ApiTokenEvents } from './events/api-token-events.js';
export {
  AmbiguousCredentialsException,
  ApiTokenRequiredException,
  ApiTokenUnavailableException,
  InvalidApiTokenException,
  PermissionDeniedException,
  ResourceIdNotCanonicalException,
} from './exceptions/api-token-exceptions.js';
export { ApiTokenException, type ApiTokenExceptionCode } from './exceptions/api-token.exception.js';
export { ApiTokenPolicyGuard } from './guards/api-token-policy.guard.js';
export type {
  ApiTokenContextAdapter,
  ApiTokenContexts,
  ApiTokenRequest,
} from './http/api-token-context-adapter.js';
export type { PolicyIdOptions } from './http/metadata.js';
export type { Refusal } from './http/refusal.js';
export { getApiToken } from './http/request-slot.js';
export type { CollectionPolicy, ItemPolicy, RoutePolicy, RouteProblem } from './http/route-policy.js';
export { RecheckApiTokenInterceptor } from './interceptors/recheck-api-token.interceptor.js';
export type { MaybePromise } from './maybe-promise.js';
export type { BoundPolicy } from './policy/bound-policy.js';
export { type Canonicaliser, canonicalResourceId } from './policy/canonical-id.js';
export {
  CompiledPolicy,
  compilePolicy,
  type CompilePolicyOptions,
  type PolicyFilter,
} from './policy/compiled-policy.js';
export type { PolicyAccess } from './policy/explain-decision.js';
export { COMMON_METHODS, HTTP_METHODS, type HttpMethod } from './policy/http-methods.js';
export {
  InvalidTokenPolicyError,
  type PolicyIssue,
  type PolicyIssueCode,
} from './policy/invalid-token-policy.error.js';
export type { MethodSemantics } from './policy/method-pages.js';
export {
  MAX_POLICY_BYTES,
  MAX_POLICY_ITEMS,
  parseTokenPolicy,
  type ParseTokenPolicyOptions,
} from './policy/parse-token-policy.js';
export type { PolicyCatalogue } from './policy/policy-catalogue.js';
export type {
  DefaultDecision,
  PolicyDecision,
  PolicyRule,
  PolicyTrailStep,
} from './policy/policy-decision.js';
export type {
  PolicyMethod,
  PolicyResources,
  PolicySection,
  ResourcePolicy,
  TokenPolicy,
} from './policy/token-policy.js';
export type { ApiTokenCacheLimits } from './repositories/api-token-cache.js';
export type { ApiTokenRecord, StoredApiToken } from './repositories/api-token-record.js';
export { ApiTokenRepository } from './repositories/api-token-repository.js';
export {
  type ApiTokenChanges,
  type ApiTokenPage,
  type ApiTokenQuota,
  type ApiTokenSelector,
  ApiTokenStore,
} from './repositories/api-token-store.js';
export { InMemoryApiTokenStore } from './repositories/in-memory-api-token.store.js';
export { ApiTokenAuthenticator } from './tokens/api-token-authenticator.js';
export type {
  ApiTokenFormat,
  ApiTokenGenerator,
  ApiTokenGeneratorOptions,
} from './tokens/api-token-format.js';
export type { TokenFormats, TokenLifetimes, TokenOptions, TokenRules } from './tokens/api-token-options.js';
export { ApiTokenOwnerProvider } from './tokens/api-token-owner-provider.js';
export { ApiTokenError, type ApiTokenErrorCode, StoreRequiredError } from './tokens/api-token.error.js';
export { ApiTokenService, type IssuedApiToken } from './tokens/api-token.service.js';
export type { ApiToken } from './tokens/api-token.js';
export type { Authentication } from './tokens/authenticated-entry.js';
export type { RequestedExpiry } from './tokens/check-lifetime.js';
export { DefaultTokenGenerator } from './tokens/default-token-generator.js';
export type {
  ImportApiTokenOptions,
  IssueApiTokenOptions,
  ListApiTokensOptions,
  RotateApiTokenOptions,
  UpdateApiTokenOptions,
} from './tokens/issue-options.js';
export { LegacySha1TokenFormat } from './tokens/legacy-sha1-token-format.js';
export { PolicyEvaluator } from './tokens/policy-evaluator.js';
export type { Peppers } from './tokens/secret-digester.js';
export { VendorChecksumTokenGenerator } from './tokens/vendor-checksum-token-generator.js';
