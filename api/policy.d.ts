export declare class BoundPolicy {
  #private;
  allows(resourceId: string | null): boolean;
}

export declare const COMMON_METHODS: readonly ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];

export type Canonicalizer = 'int' | 'uuid' | 'exact' | ((raw: string) => string | null);

export interface CompilePolicyOptions {
  readonly methods?: MethodSemantics;
  readonly defaultDecision?: DefaultPolicyDecision;
}

export declare class CompiledPolicy {
  #private;
  allows(policyId: string, method: string, resourceId: string | null): boolean;
  bind(policyId: string, method: string): BoundPolicy;
  decide(policyId: string, method: string, resourceId: string | null): PolicyDecision;
  filter(policyId: string, method: string): PolicyFilter;
}

export type DefaultPolicyDecision = 'allow' | 'deny';

export declare const HTTP_METHODS: readonly [
  'ACL',
  'BIND',
  'CHECKOUT',
  'CONNECT',
  'COPY',
  'DELETE',
  'GET',
  'HEAD',
  'LINK',
  'LOCK',
  'M-SEARCH',
  'MERGE',
  'MKACTIVITY',
  'MKCALENDAR',
  'MKCOL',
  'MOVE',
  'NOTIFY',
  'OPTIONS',
  'PATCH',
  'POST',
  'PROPFIND',
  'PROPPATCH',
  'PURGE',
  'PUT',
  'QUERY',
  'REBIND',
  'REPORT',
  'SEARCH',
  'SOURCE',
  'SUBSCRIBE',
  'TRACE',
  'UNBIND',
  'UNLINK',
  'UNLOCK',
  'UNSUBSCRIBE',
];

export type HttpMethod = (typeof HTTP_METHODS)[number];

export declare class InvalidTokenPolicyError extends Error {
  readonly issues: readonly PolicyIssue[];
  readonly code = 'INVALID_TOKEN_POLICY';
  constructor(issues: readonly PolicyIssue[]);
}

export declare const MAX_POLICY_BYTES = 65536;

export declare const MAX_POLICY_ITEMS = 1000;

export interface ParseTokenPolicyOptions {
  readonly checks?: 'all' | 'shape';
  readonly catalog?: PolicyCatalog;
}

export interface PolicyAccess {
  readonly policyId: string;
  readonly method: string;
  readonly resourceId: string | null;
}

export interface PolicyCatalog {
  readonly policyIds: readonly string[];
  canonicalResourceId(policyId: string, resourceId: string): string | null;
}

export interface PolicyDecision {
  readonly allowed: boolean;
  readonly rule: PolicyRule | null;
  readonly trail: readonly PolicyTrailStep[];
  readonly policyId: string;
  readonly method: string;
  readonly resourceId: string | null;
}

export type PolicyFilter =
  | {
      readonly mode: 'all';
    }
  | {
      readonly mode: 'none';
    }
  | {
      readonly mode: 'only' | 'except';
      readonly ids: ReadonlySet<string>;
    };

export interface PolicyIssue {
  readonly pointer: string;
  readonly code: PolicyIssueCode;
  readonly message: string;
}

export type PolicyIssueCode =
  | 'NOT_JSON'
  | 'TOO_LARGE'
  | 'TOO_MANY_ITEMS'
  | 'DUPLICATE_KEY'
  | 'UNKNOWN_KEY'
  | 'FORBIDDEN_KEY'
  | 'NOT_AN_OBJECT'
  | 'NOT_A_LIST'
  | 'NOT_A_METHOD'
  | 'EMPTY'
  | 'UNKNOWN_POLICY_ID'
  | 'ID_NOT_CANONICAL';

export type PolicyMethod = HttpMethod | '*';

export interface PolicyResources {
  readonly '*'?: PolicySection;
  readonly [policyId: string]: ResourcePolicy | PolicySection | undefined;
}

export interface PolicyRule {
  readonly pointer: string;
  readonly effect: 'allow' | 'block';
}

export interface PolicySection {
  readonly allow?: readonly PolicyMethod[];
  readonly block?: readonly PolicyMethod[];
}

export interface PolicyTrailStep {
  readonly pointer: string;
  readonly outcome: 'absent' | 'silent' | 'allow' | 'block' | 'needs-literal' | 'needs-get' | 'not-text';
}

export interface ResourcePolicy {
  readonly [resourceId: string]: PolicySection;
}

export interface TokenPolicy {
  readonly resources?: PolicyResources;
}

export declare function canonicalResourceId(canonicalizer: Canonicalizer, raw: string): string | null;

export declare function compilePolicy(policy: TokenPolicy, options?: CompilePolicyOptions): CompiledPolicy;

export declare function parseTokenPolicy(input: unknown, options?: ParseTokenPolicyOptions): TokenPolicy;

// Named by these, and not exported

type MethodSemantics = 'exact' | 'http';
