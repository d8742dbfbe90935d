export type { BoundPolicy } from './bound-policy.js';
export { type Canonicaliser, canonicalResourceId } from './canonical-id.js';
export {
  CompiledPolicy,
  compilePolicy,
  type CompilePolicyOptions,
  type PolicyFilter,
} from './compiled-policy.js';
export type { PolicyAccess } from './explain-decision.js';
export { COMMON_METHODS, HTTP_METHODS, type HttpMethod } from './http-methods.js';
export {
  InvalidTokenPolicyError,
  type PolicyIssue,
  type PolicyIssueCode,
} from './invalid-token-policy.error.js';
export type { MethodSemantics } from './method-pages.js';
export {
  MAX_POLICY_BYTES,
  MAX_POLICY_ITEMS,
  parseTokenPolicy,
  type ParseTokenPolicyOptions,
} from './parse-token-policy.js';
export type { PolicyCatalogue } from './policy-catalogue.js';
export type { DefaultDecision, PolicyDecision, PolicyRule, PolicyTrailStep } from './policy-decision.js';
export type {
  PolicyMethod,
  PolicyResources,
  PolicySection,
  ResourcePolicy,
  TokenPolicy,
} from './token-policy.js';
