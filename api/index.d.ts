export declare class AmbiguousCredentialsException extends ApiTokenException {
    readonly headers: {
        'WWW-Authenticate': string;
    };
    constructor();
}

export interface ApiToken {
    readonly id: string;
    readonly ownerId: string;
    readonly kind: string;
    readonly policy: TokenPolicy | null;
    readonly note: string;
    readonly metadata: Readonly<Record<string, unknown>> | null;
    readonly createdAt: Date | null;
    readonly notBefore: Date | null;
    readonly expiresAt: Date | null;
    readonly pausedAt: Date | null;
    readonly invalidatedAt: Date | null;
    readonly invalidationReason: string | null;
    readonly lastUsedAt: Date | null;
}

export declare function ApiTokenAccess(allowed?: boolean): ClassDecorator & MethodDecorator;

export type ApiTokenAsyncOptions = {
    readonly useFactory: (...dependencies: never[]) => ApiTokenModuleOptions | Promise<ApiTokenModuleOptions>;
    readonly inject?: FactoryProvider['inject'];
} | {
    readonly useClass: Type<ApiTokenOptionsFactory>;
} | {
    readonly useExisting: Type<ApiTokenOptionsFactory>;
};

export declare class ApiTokenAuditError extends Error {
    readonly findings: readonly AuditFinding[];
    readonly name = "ApiTokenAuditError";
    readonly code = "API_TOKEN_AUDIT";
    constructor(findings: readonly AuditFinding[]);
}

export declare class ApiTokenAuthenticator {
    #private;
    private readonly environment;
    constructor(environment: ApiTokenEnvironment);
    authenticate(secret: string): MaybePromise<Authentication>;
}

export interface ApiTokenCacheLimits {
    readonly maxTokens: number;
    readonly lifetimeMs: number;
}

export type ApiTokenChanges = Partial<Pick<StoredApiToken, 'note' | 'policy' | 'metadata' | 'expiresAt' | 'pausedAt'>>;

export declare class ApiTokenConfigurationError extends Error {
    readonly name = "ApiTokenConfigurationError";
    readonly code = "API_TOKEN_CONFIGURATION";
}

export interface ApiTokenContextAdapter {
    read(context: ExecutionContext): ApiTokenRequest;
}

export type ApiTokenContexts = Readonly<Record<string, 'deny' | 'skip' | ApiTokenContextAdapter>>;

export declare class ApiTokenError extends Error {
    readonly code: ApiTokenErrorCode;
    readonly field: string;
    readonly name: string;
    constructor(code: ApiTokenErrorCode, field: string, message: string);
}

export type ApiTokenErrorCode = 'INVALID_OWNER_ID' | 'INVALID_NOTE' | 'INVALID_METADATA' | 'INVALID_EXPIRY' | 'INVALID_NOT_BEFORE' | 'INVALID_REASON' | 'INVALID_GRACE' | 'INVALID_DATE' | 'INVALID_AFTER' | 'INVALID_LIMIT' | 'INVALID_SECRET' | 'EMPTY_POLICY' | 'UNSAFE_SELECTOR' | 'NOTHING_TO_CHANGE' | 'SECRET_TAKEN' | 'QUOTA_EXCEEDED' | 'TOKEN_NOT_FOUND' | 'TOKEN_ENDED' | 'STORE_REQUIRED' | 'DEADLINE_EXCEEDED';

export type ApiTokenEvent = {
    readonly at: Date;
} & (({
    readonly type: 'issued' | 'imported' | 'paused' | 'resumed' | 'removed';
} & TokenEvent) | ({
    readonly type: 'updated';
    readonly fields: readonly string[];
} & TokenEvent) | ({
    readonly type: 'rotated';
    readonly retireAt: Date;
} & TokenEvent) | ({
    readonly type: 'invalidated';
    readonly reason: string;
} & TokenEvent) | {
    readonly type: 'invalidated-many';
    readonly selector: ApiTokenSelector;
    readonly reason: string;
    readonly count: number;
} | ({
    readonly type: 'expiring-soon';
    readonly expiresAt: Date;
} & TokenEvent) | ({
    readonly type: 'used-after-expiry';
} & TokenEvent) | ({
    readonly type: 'used-after-rotation';
} & TokenEvent) | ({
    readonly type: 'denied';
    readonly decision: PolicyDecision;
} & TokenEvent) | ({
    readonly type: 'refused';
    readonly reason: AuthenticationFailure;
} & Partial<TokenEvent>) | ({
    readonly type: 'policy-unresolved';
    readonly issues: readonly PolicyIssue[];
} & TokenEvent) | ({
    readonly type: 'unknown-policy-ids';
    readonly policyIds: readonly string[];
} & TokenEvent) | {
    readonly type: 'faulted';
    readonly component: FaultyComponent;
    readonly fault: Fault;
});

export declare class ApiTokenEvents extends HarmlessObservable<ApiTokenEvent> {
    #private;
    constructor();
    get observed(): boolean;
    raise(event: NewApiTokenEvent): void;
    raiseFault(component: FaultyComponent, error: unknown): void;
}

export declare abstract class ApiTokenException extends HttpException {
    readonly code: ApiTokenExceptionCode;
    abstract readonly headers: Readonly<Record<string, string>>;
    constructor(status: readonly [
        code: number,
        name: string
    ], code: ApiTokenExceptionCode, message: string, details?: Readonly<Record<string, unknown>>);
}

export type ApiTokenExceptionCode = 'API_TOKEN_REQUIRED' | 'INVALID_API_TOKEN' | 'AMBIGUOUS_CREDENTIALS' | 'RESOURCE_ID_NOT_CANONICAL' | 'PERMISSION_DENIED' | 'API_TOKEN_UNAVAILABLE';

export interface ApiTokenFormat {
    readonly id: string;
    claims(credential: string): boolean;
    hasShape(credential: string): boolean;
    hasValidChecksum(credential: string): boolean;
}

export interface ApiTokenGenerator extends ApiTokenFormat {
    generate(): string;
    validate(secret: string): boolean;
}

export interface ApiTokenGeneratorOptions {
    readonly prefix: string;
}

export declare class ApiTokenModule {
    static readonly [ROOT_MARK] = true;
    static forRoot(root: ApiTokenModuleRoot): DynamicModule;
    static forRootAsync(root: ApiTokenModuleAsyncRoot): DynamicModule;
}

export type ApiTokenModuleAsyncRoot = ApiTokenAsyncOptions & ApiTokenModuleExtras;

export interface ApiTokenModuleExtras {
    readonly repository: ProviderOf<ApiTokenRepository>;
    readonly ownerProvider?: ProviderOf<ApiTokenOwnerProvider>;
    readonly isGlobal?: boolean;
    readonly imports?: NonNullable<DynamicModule['imports']>;
    readonly extraProviders?: readonly Provider[];
}

export interface ApiTokenModuleOptions extends TokenRules {
    readonly credentials?: 'required' | 'optional';
    readonly headers?: readonly string[];
    readonly contexts?: ApiTokenContexts;
    readonly skipIf?: (context: ExecutionContext) => boolean;
    readonly defaultTokenAccess?: boolean;
    readonly explainDenials?: boolean;
    readonly exceptionFactory?: (refusal: Refusal, exception: Error, context: ExecutionContext) => Error;
    readonly strict?: boolean;
}

export type ApiTokenModuleRoot = ApiTokenModuleOptions & ApiTokenModuleExtras;

export interface ApiTokenOptionsFactory {
    createApiTokenOptions(): ApiTokenModuleOptions | Promise<ApiTokenModuleOptions>;
}

export declare abstract class ApiTokenOwnerProvider {
    abstract load(ownerId: string): MaybePromise<unknown>;
}

export interface ApiTokenPage {
    readonly after: string | null;
    readonly limit: number;
}

export declare class ApiTokenPolicyCatalogue implements PolicyCatalogue {
    #private;
    private readonly moduleRef;
    private readonly host;
    private readonly policies;
    constructor(moduleRef: ModuleRef, host: HttpAdapterHost, policies: RoutePolicies);
    get policyIds(): readonly string[];
    get routes(): readonly ApiTokenRoute[];
    canonicalResourceId(policyId: string, resourceId: string): string | null;
}

export declare class ApiTokenPolicyGuard implements CanActivate {
    private readonly services;
    constructor(services: ApiTokenGuardServices);
    canActivate(context: ExecutionContext): boolean | Promise<boolean>;
}

export interface ApiTokenQuota {
    readonly limit: number;
    readonly at: Date;
}

export interface ApiTokenRecord {
    readonly id: string;
    readonly ownerId: string;
    readonly digest: string;
    readonly secretExpiresAt?: Date | null;
    readonly policy: string | TokenPolicy | null;
    readonly expiresAt: Date | null;
    readonly invalidatedAt: Date | null;
    readonly invalidationReason?: string | null;
    readonly pausedAt?: Date | null;
    readonly notBefore?: Date | null;
    readonly kind?: string;
    readonly note?: string;
    readonly metadata?: string | null;
    readonly createdAt?: Date | null;
    readonly lastUsedAt?: Date | null;
}

export declare abstract class ApiTokenRepository {
    abstract findByDigest(digests: readonly string[]): MaybePromise<ApiTokenRecord | null | undefined>;
}

export interface ApiTokenRequest {
    readonly carrier: object;
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly rawHeaders?: readonly string[] | undefined;
    readonly method: string;
    readonly params: Readonly<Record<string, unknown>>;
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
    readonly context: 'http' | 'rpc' | 'ws' | 'graphql';
    readonly method: string | null;
    readonly paths: readonly string[];
    readonly versions: readonly string[];
    readonly guards: readonly string[];
    readonly guard: 'bound' | 'missing' | 'out-of-reach';
    readonly policy: RoutePolicy;
}

export type ApiTokenSelector = {
    readonly owners: readonly string[];
} | {
    readonly all: true;
};

export declare class ApiTokenService {
    #private;
    private readonly environment;
    constructor(environment: ApiTokenEnvironment);
    issue(options: IssueApiTokenOptions): Promise<IssuedApiToken>;
    import(options: ImportApiTokenOptions): Promise<ApiToken>;
    find(id: string): Promise<ApiToken | null>;
    list({ ownerId, after, limit }: ListApiTokensOptions): Promise<readonly ApiToken[]>;
    update(id: string, options: UpdateApiTokenOptions): Promise<ApiToken>;
    rotate(id: string, { graceMs }?: RotateApiTokenOptions): Promise<IssuedApiToken>;
    pause(id: string): Promise<ApiToken>;
    resume(id: string): Promise<ApiToken>;
    invalidate(id: string, { reason }?: {
        readonly reason?: string;
    }): Promise<ApiToken>;
    invalidateMany(selector: ApiTokenSelector, { reason }?: {
        readonly reason?: string;
    }): Promise<number>;
    remove(id: string): Promise<void>;
    prune({ before }: {
        readonly before: Date;
    }): Promise<number>;
    announceExpiring({ from, until }: {
        readonly from: Date;
        readonly until: Date;
    }): Promise<number>;
}

export declare abstract class ApiTokenStore extends ApiTokenRepository {
    abstract insert(token: StoredApiToken, digest: string, quota: ApiTokenQuota | null): Promise<'inserted' | 'digest-taken' | 'quota-exceeded'>;
    abstract findById(id: string): Promise<StoredApiToken | null>;
    abstract list(ownerId: string, page: ApiTokenPage): Promise<readonly StoredApiToken[]>;
    abstract listExpiring(from: Date, until: Date, page: ApiTokenPage): Promise<readonly StoredApiToken[]>;
    abstract update(id: string, changes: ApiTokenChanges): Promise<StoredApiToken | null>;
    abstract rotate(id: string, digest: string, retireAt: Date): Promise<'rotated' | 'digest-taken' | 'not-found'>;
    abstract replaceDigest(digest: string, replacement: string): Promise<void>;
    abstract invalidate(id: string, at: Date, reason: string): Promise<StoredApiToken | null>;
    abstract invalidateMany(selector: ApiTokenSelector, at: Date, reason: string): Promise<number>;
    abstract recordUses(uses: ReadonlyMap<string, Date>): Promise<void>;
    abstract remove(id: string): Promise<boolean>;
    abstract prune(before: Date): Promise<number>;
}

export declare class ApiTokenUnavailableException extends ApiTokenException {
    readonly headers: {
        'Retry-After': string;
    };
    constructor();
}

export type AuditFinding = {
    readonly handler: string;
    readonly message: string;
} & ({
    readonly severity: 'error';
    readonly code: RouteProblem['code'] | 'POLICY_ID_WITHOUT_GUARD' | 'OVERRIDE_LOST_GUARD';
} | {
    readonly severity: 'warning';
    readonly code: 'POLICY_ID_SHARED' | 'CLOSED_TO_EVERYBODY' | 'CONTEXT_DENIED' | 'GLOBAL_GUARD_OUT_OF_REACH' | 'ROUTE_OUTSIDE_CONTROLLERS';
});

export type Authentication = {
    readonly ok: true;
    readonly token: ApiToken;
    readonly owner: unknown;
    readonly isDeprecated: boolean;
} | {
    readonly ok: false;
    readonly reason: AuthenticationFailure;
};

export type AuthenticationFailure = 'malformed' | 'unknown' | 'invalidated' | 'paused' | 'not-yet-valid' | 'expired' | 'rotated' | 'owner-inactive' | 'unavailable';

export declare class BoundPolicy {
    #private;
    constructor(bit: number, numbered: NumberedMasks, resource: ResourceMasks);
    allows(resourceId: string | null): boolean;
}

export declare const COMMON_METHODS: readonly [
    "GET",
    "HEAD",
    "OPTIONS",
    "POST",
    "PUT",
    "PATCH",
    "DELETE"
];

export type Canonicaliser = 'int' | 'uuid' | 'exact' | ((raw: string) => string | null);

export interface CollectionPolicy extends JudgedPolicy {
    readonly kind: 'collection';
}

export interface CompilePolicyOptions {
    readonly methods?: MethodSemantics;
    readonly defaultDecision?: DefaultDecision;
}

export declare class CompiledPolicy {
    #private;
    constructor(policy: TokenPolicy, semantics: MethodSemantics, defaultDecision: DefaultDecision);
    allows(policyId: string, method: string, resourceId: string | null): boolean;
    bind(policyId: string, method: string): BoundPolicy;
    decide(policyId: string, method: string, resourceId: string | null): PolicyDecision;
    filter(policyId: string, method: string): PolicyFilter;
}

export declare const CurrentApiToken: (...dataOrPipes: unknown[]) => ParameterDecorator;

export type DefaultDecision = 'allow' | 'deny';

export declare class DefaultTokenGenerator implements ApiTokenGenerator {
    #private;
    readonly id = "default";
    constructor({ prefix }: ApiTokenGeneratorOptions);
    generate(): string;
    validate(secret: string): boolean;
    claims(credential: string): boolean;
    hasShape(credential: string): boolean;
    hasValidChecksum(credential: string): boolean;
}

export interface Fault {
    readonly name: string;
    readonly code?: string;
}

export type FaultyComponent = 'repository' | 'owner-provider' | 'token-format' | 'clock' | 'context-adapter' | 'skip-if' | 'exception-factory' | 'authenticator' | 'guard';

export declare const HTTP_METHODS: readonly [
    "ACL",
    "BIND",
    "CHECKOUT",
    "CONNECT",
    "COPY",
    "DELETE",
    "GET",
    "HEAD",
    "LINK",
    "LOCK",
    "M-SEARCH",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MOVE",
    "NOTIFY",
    "OPTIONS",
    "PATCH",
    "POST",
    "PROPFIND",
    "PROPPATCH",
    "PURGE",
    "PUT",
    "QUERY",
    "REBIND",
    "REPORT",
    "SEARCH",
    "SOURCE",
    "SUBSCRIBE",
    "TRACE",
    "UNBIND",
    "UNLINK",
    "UNLOCK",
    "UNSUBSCRIBE"
];

export type HttpMethod = (typeof HTTP_METHODS)[number];

export type ImportApiTokenOptions = Omit<IssueApiTokenOptions, 'lifetimeMs'> & {
    readonly createdAt?: Date;
    readonly lastUsedAt?: Date | null;
    readonly invalidatedAt?: Date | null;
    readonly invalidationReason?: string | null;
} & ({
    readonly secret: string;
} | {
    readonly digest: string;
});

export declare class InMemoryApiTokenStore extends ApiTokenStore {
    #private;
    findByDigest(digests: readonly string[]): ApiTokenRecord | null;
    insert(token: StoredApiToken, digest: string, quota: ApiTokenQuota | null): Promise<'inserted' | 'digest-taken' | 'quota-exceeded'>;
    findById(id: string): Promise<StoredApiToken | null>;
    list(ownerId: string, page: ApiTokenPage): Promise<readonly StoredApiToken[]>;
    listExpiring(from: Date, until: Date, page: ApiTokenPage): Promise<readonly StoredApiToken[]>;
    update(id: string, changes: ApiTokenChanges): Promise<StoredApiToken | null>;
    rotate(id: string, digest: string, retireAt: Date): Promise<'rotated' | 'digest-taken' | 'not-found'>;
    replaceDigest(digest: string, replacement: string): Promise<void>;
    invalidate(id: string, at: Date, reason: string): Promise<StoredApiToken | null>;
    invalidateMany(selector: ApiTokenSelector, at: Date, reason: string): Promise<number>;
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
    readonly code = "INVALID_TOKEN_POLICY";
    constructor(issues: readonly PolicyIssue[]);
}

export interface IssueApiTokenOptions extends RequestedExpiry {
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

export interface ItemPolicy extends JudgedPolicy {
    readonly kind: 'item';
    readonly param: string;
    readonly canonicaliser: Canonicaliser;
}

export declare class LegacySha1TokenFormat implements ApiTokenFormat {
    readonly id = "legacy_sha1";
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

export type MaybePromise<T> = T | Promise<T>;

export type MethodSemantics = 'exact' | 'http';

export interface ParseTokenPolicyOptions {
    readonly checks?: 'all' | 'shape';
    readonly catalogue?: PolicyCatalogue;
}

export interface Peppers {
    readonly current: string;
    readonly keys: Readonly<Record<string, string | Uint8Array>>;
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

export interface PolicyCatalogue {
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
    private readonly environment;
    constructor(environment: ApiTokenEnvironment);
    compiled(subject: ApiToken | TokenPolicy): CompiledPolicy;
    decide(subject: ApiToken | TokenPolicy, access: PolicyAccess): PolicyDecision;
}

export type PolicyFilter = {
    readonly mode: 'all';
} | {
    readonly mode: 'none';
} | {
    readonly mode: 'only' | 'except';
    readonly ids: ReadonlySet<string>;
};

export declare function PolicyId(policyId: string, options?: PolicyIdOptions): ClassDecorator & MethodDecorator;

export interface PolicyIdOptions {
    readonly param?: string | null;
    readonly canonical?: Canonicaliser;
}

export interface PolicyIssue {
    readonly pointer: string;
    readonly code: PolicyIssueCode;
    readonly message: string;
}

export type PolicyIssueCode = 'NOT_JSON' | 'TOO_LARGE' | 'TOO_MANY_ITEMS' | 'DUPLICATE_KEY' | 'UNKNOWN_KEY' | 'FORBIDDEN_KEY' | 'NOT_AN_OBJECT' | 'NOT_A_LIST' | 'NOT_A_METHOD' | 'EMPTY' | 'UNKNOWN_POLICY_ID' | 'ID_NOT_CANONICAL';

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
    readonly outcome: 'absent' | 'silent' | 'allow' | 'block' | 'needs-literal' | 'needs-get';
}

export type ProviderOf<T> = Type<T> | {
    readonly useClass: Type<T>;
} | {
    readonly useExisting: Type<T> | string | symbol;
} | {
    readonly useValue: T;
} | {
    readonly useFactory: (...dependencies: never[]) => T | Promise<T>;
    readonly inject?: FactoryProvider['inject'];
};

export declare function RecheckApiToken({ everyMs }?: RecheckApiTokenOptions): ClassDecorator & MethodDecorator;

export interface RecheckApiTokenOptions {
    readonly everyMs?: number;
}

export type Refusal = {
    readonly kind: 'credential-missing';
} | {
    readonly kind: 'credential-ambiguous';
} | {
    readonly kind: 'token-refused';
    readonly reason: Exclude<AuthenticationFailure, 'unavailable'>;
} | {
    readonly kind: 'unavailable';
} | {
    readonly kind: 'context-unsupported';
    readonly contextType: string;
} | {
    readonly kind: 'route-closed';
} | {
    readonly kind: 'route-unsettled';
    readonly problems: readonly RouteProblem[];
} | {
    readonly kind: 'method-mismatch';
    readonly method: string;
    readonly declaredMethod: string;
} | {
    readonly kind: 'resource-id-not-canonical';
    readonly policyId: string;
    readonly param: string;
} | {
    readonly kind: 'policy-unusable';
    readonly decision: PolicyDecision;
} | {
    readonly kind: 'policy-denied';
    readonly decision: PolicyDecision;
};

export interface RequestedExpiry {
    readonly expiresAt?: Date | null;
    readonly lifetimeMs?: number;
}

export declare class ResourceIdNotCanonicalException extends ApiTokenException {
    readonly headers: {};
    constructor(param: string);
}

export interface ResourcePolicy {
    readonly [resourceId: string]: PolicySection;
}

export interface RotateApiTokenOptions {
    readonly graceMs?: number;
}

export type RoutePolicy = {
    readonly kind: 'skipped';
} | {
    readonly kind: 'closed';
} | {
    readonly kind: 'unsettled';
    readonly problems: readonly RouteProblem[];
} | CollectionPolicy | ItemPolicy;

export interface RouteProblem {
    readonly code: 'POLICY_ID_MISSING' | 'POLICY_ID_RESERVED' | 'RESOURCE_ID_PARAMETER' | 'CANONICALISERS_DISAGREE' | 'OVERRIDE_LOST_DECORATOR';
    readonly message: string;
}

export declare function SkipApiTokenPolicy(skip?: boolean): ClassDecorator & MethodDecorator;

export declare class StoreRequiredError extends ApiTokenError {
    readonly name = "StoreRequiredError";
    constructor();
}

export interface StoredApiToken {
    readonly id: string;
    readonly ownerId: string;
    readonly kind: string;
    readonly policy: string | null;
    readonly note: string;
    readonly metadata: string | null;
    readonly createdAt: Date;
    readonly notBefore: Date | null;
    readonly expiresAt: Date | null;
    readonly pausedAt: Date | null;
    readonly invalidatedAt: Date | null;
    readonly invalidationReason: string | null;
    readonly lastUsedAt: Date | null;
}

export interface TokenFormats {
    readonly issued?: ApiTokenGenerator;
    readonly accepted?: readonly ApiTokenFormat[];
    readonly deprecated?: readonly string[];
}

export interface TokenLifetimes {
    readonly defaultMs?: number;
    readonly minimumMs?: number;
    readonly maximumMs?: number;
}

export interface TokenOptions {
    readonly prefix: string;
    readonly acceptedPrefixes?: readonly string[];
    readonly formats?: TokenFormats;
    readonly peppers?: Peppers;
}

export interface TokenPolicy {
    readonly resources?: PolicyResources;
}

export interface TokenRules {
    readonly token: TokenOptions;
    readonly lifetimes?: TokenLifetimes;
    readonly maxTokensPerOwner?: number;
    readonly defaultDecision?: DefaultDecision;
    readonly unknownPolicyIds?: 'report' | 'deny';
    readonly deadlineMs?: number;
    readonly managementDeadlineMs?: number;
    readonly cache?: Partial<ApiTokenCacheLimits> | false;
    readonly lastUsed?: {
        readonly flushMs: number;
    } | false;
    readonly clock?: () => number;
}

export interface UpdateApiTokenOptions {
    readonly policy?: TokenPolicy | string;
    readonly note?: string;
    readonly metadata?: Readonly<Record<string, unknown>> | null;
    readonly expiresAt?: Date | null;
}

export declare class VendorChecksumTokenGenerator implements ApiTokenGenerator {
    #private;
    readonly id = "vendor_checksum";
    constructor({ prefix }: ApiTokenGeneratorOptions);
    generate(): string;
    validate(secret: string): boolean;
    claims(credential: string): boolean;
    hasShape(credential: string): boolean;
    hasValidChecksum(credential: string): boolean;
}

export declare function canonicalResourceId(canonicaliser: Canonicaliser, raw: string): string | null;

export declare function compilePolicy(policy: TokenPolicy, { methods, defaultDecision }?: CompilePolicyOptions): CompiledPolicy;

export declare function getApiToken(request: object): ApiToken | undefined;

export declare function parseTokenPolicy(input: unknown, options?: ParseTokenPolicyOptions): TokenPolicy;
