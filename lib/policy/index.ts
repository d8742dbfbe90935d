export type { BoundPolicy } from './compiled/bound-policy.js';
export { type Canonicalizer, canonicalResourceId } from './canonical-id.js';
export {
  type CompiledPolicy,
  compilePolicy,
  type CompilePolicyOptions,
  type PolicyFilter,
} from './compiled/compiled-policy.js';
export type { PolicyAccess } from './explain-decision.js';
export { COMMON_METHODS, HTTP_METHODS, type HttpMethod } from './http-methods.js';
export {
  InvalidTokenPolicyError,
  type PolicyIssue,
  type PolicyIssueCode,
} from './invalid-token-policy.error.js';
export {
  MAX_POLICY_BYTES,
  MAX_POLICY_ITEMS,
  parseTokenPolicy,
  type ParseTokenPolicyOptions,
} from './parse-token-policy.js';
export type { PolicyCatalog } from './policy-catalog.js';
export type {
  DefaultPolicyDecision,
  PolicyDecision,
  PolicyRule,
  PolicyTrailStep,
} from './policy-decision.js';
export type {
  PolicyMethod,
  PolicyResources,
  PolicySection,
  ResourcePolicy,
  TokenPolicy,
} from './token-policy.js';
