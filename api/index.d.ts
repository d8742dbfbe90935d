export declare class AmbiguousCredentialsException extends ApiTokenException {
  readonly headers: {
    'WWW-Authenticate': string;
  };
  constructor();
}

export interface ApiToken extends Omit<StoredApiToken, 'policy' | 'metadata' | 'createdAt'> {
  readonly policy: TokenPolicy | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly createdAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly status: ApiTokenStatus;
}

export declare function ApiTokenAccess(
  ...given: readonly [access?: TokenAccess]
): ClassDecorator & MethodDecorator;

export declare class ApiTokenAuditError extends Error {
  readonly findings: readonly ApiTokenAuditFinding[];
  readonly name = 'ApiTokenAuditError';
  readonly code = 'API_TOKEN_AUDIT';
  constructor(findings: readonly ApiTokenAuditFinding[]);
}

export type ApiTokenAuditFinding = {
  readonly handler: string;
  readonly message: string;
} & (
  | {
      readonly severity: 'error';
      readonly code:
        | RouteProblem['code']
        | 'POLICY_ID_WITHOUT_GUARD'
        | 'DECORATOR_WITHOUT_GUARD'
        | 'OVERRIDE_LOST_GUARD'
        | 'GUARDS_NOT_RUN';
    }
  | {
      readonly severity: 'warning';
      readonly code:
        | 'POLICY_ID_SHARED'
        | 'CLOSED_TO_EVERYBODY'
        | 'CONTEXT_DENIED'
        | 'REJECTION_WITHOUT_ANSWER'
        | 'GLOBAL_GUARD_OUT_OF_REACH'
        | 'ROUTE_OUTSIDE_CONTROLLERS'
        | 'GUARD_BOUND_NOWHERE'
        | 'GUARD_MISSING_BESIDE'
        | 'METHOD_GUARD_OF_REQUEST_SCOPE'
        | 'ANONYMOUS_ACCESS';
    }
);

export type ApiTokenAuditLevel = 'error' | 'warn' | 'strict';

export interface ApiTokenAuditOptions {
  readonly level?: ApiTokenAuditLevel;
  readonly outside?: readonly string[];
  readonly knownPipes?: readonly Type<PipeTransform>[];
  readonly compositeGuards?: readonly Type<CanActivate>[];
}

export type ApiTokenAuthentication =
  | {
      readonly ok: true;
      readonly token: ApiToken;
      readonly owner: unknown;
      readonly isDeprecated: boolean;
    }
  | {
      readonly ok: false;
      readonly reason: ApiTokenFailure;
    };

export declare class ApiTokenAuthenticator {
  #private;
  authenticate(secret: string): MaybePromise<ApiTokenAuthentication>;
}

export interface ApiTokenCacheLimits {
  readonly maxTokens: number;
  readonly maxBytes: number;
  readonly lifetimeMs: number;
}

export interface ApiTokenChangeOptions {
  readonly actor?: string;
}

export type ApiTokenChanges = Partial<
  Pick<StoredApiToken, 'note' | 'policy' | 'metadata' | 'expiresAt' | 'pausedAt'>
>;

export declare class ApiTokenConfigurationError extends Error {
  readonly name = 'ApiTokenConfigurationError';
  readonly code = 'API_TOKEN_CONFIGURATION';
}

export interface ApiTokenContextAdapter {
  read(context: ExecutionContext): ApiTokenRequest;
  carrier(context: ExecutionContext): object;
  exception?(rejection: Rejection, exception: ApiTokenException, context: ExecutionContext): Error;
  acknowledge?(rejection: Rejection, exception: ApiTokenException, context: ExecutionContext): void;
}

export type ApiTokenContexts = Readonly<Record<string, 'deny' | 'skip' | ApiTokenContextAdapter>>;

export declare class ApiTokenError extends Error {
  readonly code: ApiTokenErrorCode;
  readonly field: string;
  readonly name: string;
  constructor(code: ApiTokenErrorCode, field: string, message: string, options?: ErrorOptions);
}

export type ApiTokenErrorCode =
  | 'INVALID_OWNER_ID'
  | 'INVALID_NOTE'
  | 'INVALID_METADATA'
  | 'INVALID_EXPIRY'
  | 'INVALID_NOT_BEFORE'
  | 'INVALID_REASON'
  | 'INVALID_ACTOR'
  | 'INVALID_GRACE'
  | 'INVALID_DATE'
  | 'INVALID_AFTER'
  | 'INVALID_LIMIT'
  | 'INVALID_SECRET'
  | 'EMPTY_POLICY'
  | 'UNSAFE_SELECTOR'
  | 'NOTHING_TO_CHANGE'
  | 'SECRET_TAKEN'
  | 'QUOTA_EXCEEDED'
  | 'TOKEN_NOT_FOUND'
  | 'TOKEN_ENDED'
  | 'STORE_REQUIRED'
  | 'DEADLINE_EXCEEDED'
  | 'TOO_MANY_CALLS'
  | 'OUTCOME_UNKNOWN';

export declare class ApiTokenErrorFilter implements ExceptionFilter<ApiTokenError | InvalidTokenPolicyError> {
  #private;
  catch(error: ApiTokenError | InvalidTokenPolicyError, host: ArgumentsHost): Observable<never> | void;
}

export interface ApiTokenErrorOptions {
  readonly explainDenials?: boolean;
  readonly exceptionFactory?: (rejection: Rejection, exception: Error, context: ExecutionContext) => Error;
}

export type ApiTokenEvent = {
  readonly at: Date;
} & (
  | ({
      readonly type: 'issued' | 'imported' | 'paused' | 'resumed' | 'removed';
    } & TokenEvent &
      Change)
  | ({
      readonly type: 'updated';
      readonly fields: readonly string[];
    } & TokenEvent &
      Change)
  | ({
      readonly type: 'rotated';
      readonly retireAt: Date;
    } & TokenEvent &
      Change)
  | ({
      readonly type: 'revoked';
      readonly reason: string;
    } & TokenEvent &
      Change)
  | ({
      readonly type: 'revoked-many';
      readonly selector: ApiTokenSelector;
      readonly reason: string;
      readonly count: number;
    } & Change)
  | ({
      readonly type: 'pruned';
      readonly before: Date;
      readonly count: number;
    } & Change)
  | ({
      readonly type: 'expiring-soon';
      readonly expiresAt: Date;
    } & TokenEvent)
  | ({
      readonly type: 'used-after-expiry';
    } & TokenEvent)
  | ({
      readonly type: 'used-after-rotation';
    } & TokenEvent)
  | ({
      readonly type: 'denied';
      readonly decision: PolicyDecision;
    } & TokenEvent)
  | ({
      readonly type: 'rejected';
      readonly reason: ApiTokenFailure;
    } & Partial<TokenEvent>)
  | ({
      readonly type: 'policy-unresolved';
      readonly issues: readonly PolicyIssue[];
    } & TokenEvent)
  | ({
      readonly type: 'unknown-policy-ids';
      readonly policyIds: readonly string[];
    } & TokenEvent)
  | {
      readonly type: 'handler-rejected';
      readonly reason: 'route-unknown' | 'context-unsupported';
      readonly handler: string;
      readonly contextType: string;
    }
  | {
      readonly type: 'faulted';
      readonly component: ApiTokenFaultSource;
      readonly fault: ApiTokenFault;
    }
);

export declare class ApiTokenEvents extends TypedObservable<ApiTokenEvent> {
  #private;
  constructor();
  get observed(): boolean;
}

export declare abstract class ApiTokenException extends HttpException {
  readonly code: ApiTokenExceptionCode;
  abstract readonly headers: Readonly<Record<string, string>>;
  constructor(
    status: readonly [code: number, name: string],
    code: ApiTokenExceptionCode,
    message: string,
    details?: Readonly<Record<string, unknown>>,
  );
}

export type ApiTokenExceptionCode =
  | 'API_TOKEN_REQUIRED'
  | 'INVALID_API_TOKEN'
  | 'AMBIGUOUS_CREDENTIALS'
  | 'RESOURCE_ID_NOT_CANONICAL'
  | 'PERMISSION_DENIED'
  | 'API_TOKEN_UNAVAILABLE';

export interface ApiTokenFactoryOptions {
  readonly token: ApiTokenOptions;
  readonly requests?: ApiTokenRequestOptions;
  readonly policies?: ApiTokenPolicyOptions;
  readonly errors?: ApiTokenErrorOptions;
  readonly cache?: Partial<ApiTokenCacheLimits> | false;
  readonly timeouts?: ApiTokenTimeouts;
  readonly lastUsed?: ApiTokenLastUsedOptions | false;
  readonly clock?: () => number;
  readonly audit?: ApiTokenAuditLevel | ApiTokenAuditOptions;
}

export type ApiTokenFailure =
  | 'malformed'
  | 'unknown'
  | 'revoked'
  | 'paused'
  | 'not-yet-valid'
  | 'expired'
  | 'rotated'
  | 'owner-inactive'
  | 'unavailable';

export interface ApiTokenFault {
  readonly name: string;
  readonly code?: string;
}

export type ApiTokenFaultSource =
  | 'repository'
  | 'owner-provider'
  | 'token-format'
  | 'clock'
  | 'context-adapter'
  | 'skip-if'
  | 'exception-factory'
  | 'authenticator'
  | 'guard';

export interface ApiTokenFormat {
  readonly id: string;
  claims(credential: string): boolean;
  hasShape(credential: string): boolean;
  hasValidChecksum(credential: string): boolean;
}

export interface ApiTokenFormats {
  readonly issued?: ApiTokenGenerator;
  readonly accepted?: readonly ApiTokenFormat[];
  readonly deprecated?: readonly string[];
}

export interface ApiTokenGenerator extends ApiTokenFormat {
  generate(): string;
  validate(secret: string): boolean;
}

export interface ApiTokenGeneratorOptions {
  readonly prefix: string;
}

export interface ApiTokenLastUsedOptions {
  readonly flushMs: number;
}

export interface ApiTokenLifetimes {
  readonly defaultMs?: number;
  readonly minimumMs?: number;
  readonly maximumMs?: number;
}

export declare class ApiTokenModule implements NestModule {
  #private;
  configure(): void;
  static forRoot(options: ApiTokenModuleOptions): DynamicModule;
  static forRootAsync<Options extends ApiTokenFactoryOptions>(
    options: ApiTokenModuleAsyncOptions<Options>,
  ): DynamicModule;
}

export type ApiTokenModuleAsyncOptions<Given extends ApiTokenFactoryOptions = ApiTokenFactoryOptions> =
  OptionsSource<Given> & ApiTokenModuleProviders;

export type ApiTokenModuleOptions = ApiTokenFactoryOptions & ApiTokenModuleProviders;

export interface ApiTokenModuleProviders {
  readonly repository: ProviderOf<ApiTokenRepository>;
  readonly ownerProvider?: ProviderOf<ApiTokenOwnerProvider>;
  readonly isGlobal?: boolean;
  readonly imports?: NonNullable<DynamicModule['imports']>;
  readonly extraProviders?: readonly Provider[];
}

export interface ApiTokenOptions {
  readonly prefix: string;
  readonly acceptedPrefixes?: readonly string[];
  readonly formats?: ApiTokenFormats;
  readonly peppers?: ApiTokenPeppers;
  readonly lifetimes?: ApiTokenLifetimes;
  readonly maxPerOwner?: number;
}

export interface ApiTokenOptionsFactory {
  createApiTokenOptions(): ApiTokenFactoryOptions | Promise<ApiTokenFactoryOptions>;
}

export declare abstract class ApiTokenOwnerProvider {
  abstract load(ownerId: string): MaybePromise<unknown>;
}

export interface ApiTokenPage {
  readonly after: string | null;
  readonly limit: number;
}

export interface ApiTokenPeppers {
  readonly current: string;
  readonly keys: Readonly<Record<string, string | Uint8Array>>;
}

export declare class ApiTokenPolicyCatalog implements PolicyCatalog {
  #private;
  get policyIds(): readonly string[];
  get routes(): readonly ApiTokenRoute[];
  canonicalResourceId(policyId: string, resourceId: string): string | null;
}

export declare class ApiTokenPolicyGuard implements CanActivate {
  private readonly source;
  canActivate(context: ExecutionContext): boolean | Promise<boolean>;
}

export interface ApiTokenPolicyOptions {
  readonly defaultDecision?: DefaultPolicyDecision;
  readonly defaultTokenAccess?: boolean;
  readonly unknownIds?: 'report' | 'deny';
}

export interface ApiTokenQuota {
  readonly limit: number;
  readonly at: Date;
}

export interface ApiTokenRecord
  extends
    Pick<StoredApiToken, 'id' | 'ownerId' | 'expiresAt' | 'revokedAt'>,
    Partial<Omit<StoredApiToken, RequiredField | 'expiresAt' | 'revokedAt'>> {
  readonly digest: string;
  readonly secretExpiresAt?: Date | null;
  readonly policy: string | TokenPolicy | null;
  readonly createdAt?: Date | null;
}

export declare abstract class ApiTokenRepository {
  abstract findByDigest(digests: readonly string[]): MaybePromise<ApiTokenRecord | null | undefined>;
}

export interface ApiTokenRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly rawHeaders?: readonly string[] | undefined;
  readonly maxHeadersCount?: number | null | undefined;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface ApiTokenRequestOptions {
  readonly credentials?: 'required' | 'optional';
  readonly headers?: readonly string[];
  readonly contexts?: ApiTokenContexts;
  readonly skipIf?: (context: ExecutionContext) => boolean;
}

export declare class ApiTokenRequiredException extends ApiTokenException {
  readonly headers: {
    'WWW-Authenticate': string;
  };
  constructor();
}

export interface ApiTokenRoute {
  readonly controller: HandlerClass;
  readonly handler: string;
  readonly context: string;
  readonly method: string | null;
  readonly paths: readonly string[];
  readonly versions: readonly string[];
  readonly guards: readonly string[];
  readonly hasOtherGuards: boolean;
  readonly guard: 'bound' | 'missing' | 'out-of-reach';
  readonly functions: readonly HandlerMethod[];
  readonly mayLoseGuard: boolean;
  readonly policy: RouteDeclaration;
}

export type ApiTokenSelector =
  | {
      readonly owners: readonly string[];
    }
  | {
      readonly all: true;
    };

export declare class ApiTokenService {
  #private;
  issue(options: IssueApiTokenOptions): Promise<IssuedApiToken>;
  import(options: ImportApiTokenOptions): Promise<ApiToken>;
  find(id: string): Promise<ApiToken | null>;
  list(options: ListApiTokensOptions): Promise<readonly ApiToken[]>;
  update(id: string, options: UpdateApiTokenOptions): Promise<ApiToken>;
  rotate(id: string, options?: RotateApiTokenOptions): Promise<IssuedApiToken>;
  pause(id: string, options?: ApiTokenChangeOptions): Promise<ApiToken>;
  resume(id: string, options?: ApiTokenChangeOptions): Promise<ApiToken>;
  revoke(id: string, options?: RevokeApiTokenOptions): Promise<ApiToken>;
  revokeMany(selector: ApiTokenSelector, options?: RevokeApiTokenOptions): Promise<number>;
  remove(id: string, options?: ApiTokenChangeOptions): Promise<void>;
  prune(options: PruneApiTokensOptions): Promise<number>;
  announceExpiring({ from, until }: { readonly from: Date; readonly until: Date }): Promise<number>;
}

export type ApiTokenStatus = 'revoked' | 'paused' | 'not-yet-valid' | 'expired' | 'active';

export declare abstract class ApiTokenStore extends ApiTokenRepository {
  abstract insert(
    token: StoredApiToken,
    digest: string,
    quota: ApiTokenQuota | null,
  ): Promise<'inserted' | 'digest-taken' | 'quota-exceeded'>;
  abstract findById(id: string): Promise<StoredApiToken | null>;
  abstract list(ownerId: string, page: ApiTokenPage): Promise<readonly StoredApiToken[]>;
  abstract listExpiring(from: Date, until: Date, page: ApiTokenPage): Promise<readonly StoredApiToken[]>;
  abstract update(
    id: string,
    changes: ApiTokenChanges,
    quota?: ApiTokenQuota | null,
  ): Promise<StoredApiToken | 'quota-exceeded' | null>;
  abstract rotate(
    id: string,
    digest: string,
    retireAt: Date,
    hint: string,
  ): Promise<'rotated' | 'digest-taken' | 'not-found'>;
  abstract replaceDigest(digest: string, replacement: string): Promise<void>;
  abstract revoke(id: string, at: Date, reason: string): Promise<StoredApiToken | null>;
  abstract revokeMany(selector: ApiTokenSelector, at: Date, reason: string): Promise<number>;
  abstract recordUses(uses: ReadonlyMap<string, Date>): Promise<void>;
  abstract remove(id: string): Promise<boolean>;
  abstract prune(before: Date): Promise<number>;
}

export interface ApiTokenTimeouts {
  readonly lookupMs?: number;
  readonly managementMs?: number;
}

export declare class ApiTokenUnavailableException extends ApiTokenException {
  readonly headers: {
    'Retry-After': string;
  };
  constructor();
}

export interface AuthenticatedRoute extends OpenRoute {
  readonly kind: 'authenticated';
}

export declare class BoundPolicy {
  #private;
  allows(resourceId: string | null): boolean;
}

export declare const COMMON_METHODS: readonly ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];

export type Canonicalizer = 'int' | 'uuid' | 'exact' | ((raw: string) => string | null);

export interface CollectionRoute extends RouteWithPolicy {
  readonly kind: 'collection';
}

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

export declare const CurrentApiToken: (...dataOrPipes: unknown[]) => ParameterDecorator;

export type DefaultPolicyDecision = 'allow' | 'deny';

export declare class DefaultTokenGenerator implements ApiTokenGenerator {
  #private;
  readonly id = 'default';
  constructor({ prefix }: ApiTokenGeneratorOptions);
  generate(): string;
  validate(secret: string): boolean;
  claims(credential: string): boolean;
  hasShape(credential: string): boolean;
  hasValidChecksum(credential: string): boolean;
}

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

export type ImportApiTokenOptions = Omit<IssueApiTokenOptions, 'lifetimeMs'> & {
  readonly createdAt?: Date;
  readonly lastUsedAt?: Date | null;
  readonly revokedAt?: Date | null;
  readonly revocationReason?: string | null;
} & (
    | {
        readonly secret: string;
      }
    | {
        readonly digest: string;
      }
  );

export declare class InMemoryApiTokenStore extends ApiTokenStore {
  #private;
  findByDigest(digests: readonly string[]): ApiTokenRecord | null;
  insert(
    token: StoredApiToken,
    digest: string,
    quota: ApiTokenQuota | null,
  ): Promise<'inserted' | 'digest-taken' | 'quota-exceeded'>;
  findById(id: string): Promise<StoredApiToken | null>;
  list(ownerId: string, page: ApiTokenPage): Promise<readonly StoredApiToken[]>;
  listExpiring(from: Date, until: Date, page: ApiTokenPage): Promise<readonly StoredApiToken[]>;
  update(
    id: string,
    changes: ApiTokenChanges,
    quota?: ApiTokenQuota | null,
  ): Promise<StoredApiToken | 'quota-exceeded' | null>;
  rotate(
    id: string,
    digest: string,
    retireAt: Date,
    hint: string,
  ): Promise<'rotated' | 'digest-taken' | 'not-found'>;
  replaceDigest(digest: string, replacement: string): Promise<void>;
  revoke(id: string, at: Date, reason: string): Promise<StoredApiToken | null>;
  revokeMany(selector: ApiTokenSelector, at: Date, reason: string): Promise<number>;
  recordUses(uses: ReadonlyMap<string, Date>): Promise<void>;
  remove(id: string): Promise<boolean>;
  prune(before: Date): Promise<number>;
}

export declare class InvalidApiTokenException extends ApiTokenException {
  readonly headers: {
    'WWW-Authenticate': string;
  };
  constructor();
}

export declare class InvalidTokenPolicyError extends Error {
  readonly issues: readonly PolicyIssue[];
  readonly code = 'INVALID_TOKEN_POLICY';
  constructor(issues: readonly PolicyIssue[]);
}

export interface IssueApiTokenOptions extends RequestedExpiry, ApiTokenChangeOptions {
  readonly ownerId: string;
  readonly policy: TokenPolicy | string;
  readonly note?: string;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  readonly notBefore?: Date | null;
}

export interface IssuedApiToken {
  readonly token: ApiToken;
  readonly secret: string;
}

export interface ItemRoute extends RouteWithPolicy {
  readonly kind: 'item';
  readonly param: string;
  readonly canonicalizer: Canonicalizer;
}

export declare class LegacySha1TokenFormat implements ApiTokenFormat {
  readonly id = 'legacy_sha1';
  claims(credential: string): boolean;
  hasShape(credential: string): boolean;
  hasValidChecksum(): boolean;
}

export interface ListApiTokensOptions {
  readonly ownerId: string;
  readonly after?: string | null;
  readonly limit?: number;
}

export declare const MAX_POLICY_BYTES = 65536;

export declare const MAX_POLICY_ITEMS = 1000;

export interface ParseTokenPolicyOptions {
  readonly checks?: 'all' | 'shape';
  readonly catalog?: PolicyCatalog;
}

export declare class PermissionDeniedException extends ApiTokenException {
  readonly decision: PolicyDecision | null;
  readonly headers: {
    'WWW-Authenticate': string;
  };
  constructor(message: string, decision?: PolicyDecision | null, details?: Readonly<Record<string, unknown>>);
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

export declare class PolicyEvaluator {
  #private;
  private readonly defaultDecision;
  compiled(subject: ApiToken | TokenPolicy): CompiledPolicy;
  decide(subject: ApiToken | TokenPolicy, access: PolicyAccess): PolicyDecision;
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

export declare function PolicyId(
  policyId: string,
  options?: PolicyIdOptions,
): ClassDecorator & MethodDecorator;

export interface PolicyIdOptions {
  readonly param?: string | null;
  readonly canonical?: Canonicalizer;
}

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

export interface PruneApiTokensOptions extends ApiTokenChangeOptions {
  readonly before: Date;
}

export declare function RecheckApiToken(options?: RecheckApiTokenOptions): ClassDecorator & MethodDecorator;

export declare class RecheckApiTokenInterceptor implements NestInterceptor {
  #private;
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown>;
}

export interface RecheckApiTokenOptions {
  readonly everyMs?: number;
}

export type Rejection =
  | {
      readonly kind: 'credential-missing';
    }
  | {
      readonly kind: 'credential-ambiguous';
    }
  | {
      readonly kind: 'token-rejected';
      readonly reason: Exclude<ApiTokenFailure, 'unavailable'>;
    }
  | {
      readonly kind: 'unavailable';
    }
  | {
      readonly kind: 'context-unsupported';
      readonly contextType: string;
    }
  | {
      readonly kind: 'route-unknown';
    }
  | {
      readonly kind: 'route-closed';
    }
  | {
      readonly kind: 'route-misconfigured';
      readonly problems: readonly RouteProblem[];
    }
  | {
      readonly kind: 'method-mismatch';
      readonly method: string;
      readonly declaredMethod: string;
    }
  | {
      readonly kind: 'resource-id-not-canonical';
      readonly policyId: string;
      readonly param: string;
    }
  | {
      readonly kind: 'policy-unusable';
      readonly decision: PolicyDecision;
    }
  | {
      readonly kind: 'policy-denied';
      readonly decision: PolicyDecision;
    };

export declare class ResourceIdNotCanonicalException extends ApiTokenException {
  readonly headers: {};
  constructor(param: string);
}

export interface ResourcePolicy {
  readonly [resourceId: string]: PolicySection;
}

export interface RevokeApiTokenOptions extends ApiTokenChangeOptions {
  readonly reason?: string;
}

export interface RotateApiTokenOptions extends ApiTokenChangeOptions {
  readonly graceMs?: number;
}

export type RouteDeclaration =
  | {
      readonly kind: 'skipped';
    }
  | {
      readonly kind: 'closed';
    }
  | {
      readonly kind: 'misconfigured';
      readonly problems: readonly RouteProblem[];
    }
  | AuthenticatedRoute
  | CollectionRoute
  | ItemRoute;

export declare function SkipApiTokenPolicy(
  ...given: readonly [skip?: boolean]
): ClassDecorator & MethodDecorator;

export declare class StoreRequiredError extends ApiTokenError {
  readonly name = 'StoreRequiredError';
  constructor();
}

export interface StoredApiToken {
  readonly id: string;
  readonly ownerId: string;
  readonly kind: string;
  readonly hint: string | null;
  readonly policy: string | null;
  readonly note: string;
  readonly metadata: string | null;
  readonly createdAt: Date;
  readonly notBefore: Date | null;
  readonly expiresAt: Date | null;
  readonly pausedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revocationReason: string | null;
  readonly lastUsedAt: Date | null;
}

export interface TokenPolicy {
  readonly resources?: PolicyResources;
}

export interface UpdateApiTokenOptions extends ApiTokenChangeOptions {
  readonly policy?: TokenPolicy | string;
  readonly note?: string;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  readonly expiresAt?: Date | null;
}

export declare class VendorChecksumTokenGenerator implements ApiTokenGenerator {
  #private;
  readonly id = 'vendor_checksum';
  constructor({ prefix }: ApiTokenGeneratorOptions);
  generate(): string;
  validate(secret: string): boolean;
  claims(credential: string): boolean;
  hasShape(credential: string): boolean;
  hasValidChecksum(credential: string): boolean;
}

export declare function canonicalResourceId(canonicalizer: Canonicalizer, raw: string): string | null;

export declare function compilePolicy(policy: TokenPolicy, options?: CompilePolicyOptions): CompiledPolicy;

export declare function getApiToken(from: object | null | undefined): ApiToken | undefined;

export declare function parseTokenPolicy(input: unknown, options?: ParseTokenPolicyOptions): TokenPolicy;

// Named by these, and not exported

const TypedObservable: typeof Observable;

interface Change {
  readonly actor?: string;
}

interface OpenRoute {
  readonly declaredMethod: string | null;
}

interface RequestedExpiry {
  readonly expiresAt?: Date | null;
  readonly lifetimeMs?: number;
}

interface RouteProblem {
  readonly code:
    | 'POLICY_ID_MISSING'
    | 'POLICY_ID_RESERVED'
    | 'POLICY_ID_UNUSED'
    | 'RESOURCE_ID_PARAMETER'
    | 'CANONICALIZERS_DISAGREE'
    | 'RESOURCE_ID_FORM_UNKNOWN'
    | 'OVERRIDE_LOST_DECORATOR'
    | 'DECORATOR_LOST'
    | 'HANDLER_REPLACED'
    | 'HANDLER_AMBIGUOUS'
    | 'CLASS_REPLACED';
  readonly message: string;
}

interface RouteWithPolicy extends OpenRoute {
  readonly policyId: string;
}

interface TokenEvent {
  readonly tokenId: string;
  readonly ownerId: string;
}

type ExactOptions<Given> = Given & {
  [Key in keyof Given]: Key extends keyof ApiTokenFactoryOptions
    ? Exactly<Extract<ApiTokenFactoryOptions[Key], object>, Given[Key]>
    : never;
};

type Exactly<Known, Given> = Given extends readonly unknown[] | ((...args: never[]) => unknown)
  ? Given
  : {
      [Key in keyof Given]: Key extends keyof Known ? Given[Key] : never;
    };

type HandlerClass = ReturnType<ExecutionContext['getClass']>;

type HandlerMethod = ReturnType<ExecutionContext['getHandler']>;

type MaybePromise<T> = T | Promise<T>;

type MethodSemantics = 'exact' | 'http';

type OptionsSource<Given extends ApiTokenFactoryOptions = ApiTokenFactoryOptions> =
  | {
      readonly useFactory: (...dependencies: never[]) => ExactOptions<Given> | Promise<ExactOptions<Given>>;
      readonly inject?: FactoryProvider['inject'];
    }
  | {
      readonly useClass: Type<ApiTokenOptionsFactory>;
    }
  | {
      readonly useExisting: Type<ApiTokenOptionsFactory>;
    };

type ProviderOf<T> =
  | Type<T>
  | {
      readonly useClass: Type<T>;
    }
  | {
      readonly useExisting: Type<T> | string | symbol;
    }
  | {
      readonly useValue: T;
    }
  | {
      readonly useFactory: (...dependencies: never[]) => T | Promise<T>;
      readonly inject?: FactoryProvider['inject'];
    };

type RequiredField = 'id' | 'ownerId' | 'policy' | 'createdAt';

type TokenAccess = boolean | 'authenticated';
