export declare class ApiTokenTestClient {
  private readonly app;
  readonly token: ApiToken;
  readonly secret: string;
  readonly headers: TestToken['headers'];
  request(
    method: string,
    path: string,
    { headers, body }?: Pick<TestRequest, 'headers' | 'body'>,
  ): Promise<TestResponse>;
  get(path: string): Promise<TestResponse>;
  post(path: string, body?: unknown): Promise<TestResponse>;
  put(path: string, body?: unknown): Promise<TestResponse>;
  patch(path: string, body?: unknown): Promise<TestResponse>;
  delete(path: string): Promise<TestResponse>;
}

export interface OpenedApiTokenStore {
  readonly store: ApiTokenStore;
  readonly close?: () => Promise<void>;
}

export interface PolicyDisagreement {
  readonly method: string;
  readonly path: string;
  readonly handler: string;
  readonly credential: string;
  readonly promised: string;
  readonly got: string;
}

export declare class PolicyMatrixError extends Error {
  readonly disagreements: readonly PolicyDisagreement[];
  readonly requests: number;
  readonly name = 'PolicyMatrixError';
  readonly code = 'API_TOKEN_POLICY_MATRIX';
  constructor(disagreements: readonly PolicyDisagreement[], requests: number);
}

export interface PolicyMatrixOptions {
  readonly policies?: Readonly<Record<string, TokenPolicy | string>>;
  readonly ids?: Readonly<Record<string, readonly string[]>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ownerId?: string;
  readonly except?: (route: ApiTokenRoute) => boolean;
}

export interface PolicyMatrixResult {
  readonly requests: number;
  readonly unguarded: readonly string[];
  readonly authenticated: readonly string[];
}

export interface StoreTestFramework {
  readonly describe: (title: string, define: () => void) => unknown;
  readonly it: (title: string, run: () => Promise<void>, timeoutMs: number) => unknown;
  readonly beforeAll: (run: () => Promise<void>, timeoutMs: number) => unknown;
  readonly afterAll: (run: () => Promise<void>, timeoutMs: number) => unknown;
}

export interface TestRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface TestResponse {
  readonly status: number;
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly body: unknown;
}

export interface TestToken extends IssuedApiToken {
  readonly headers: {
    readonly authorization: string;
  };
}

export type TestTokenOptions = Omit<IssueApiTokenOptions, 'ownerId'> & {
  readonly ownerId?: string;
};

export declare function actingAs(
  app: INestApplication,
  options: TestTokenOptions,
): Promise<ApiTokenTestClient>;

export declare function expectPoliciesToHold(
  app: INestApplication,
  options?: PolicyMatrixOptions,
): Promise<PolicyMatrixResult>;

export declare function issueTestToken(
  app: Pick<INestApplicationContext, 'get'>,
  { ownerId, ...options }: TestTokenOptions,
): Promise<TestToken>;

export declare function testApiTokenStore(
  name: string,
  open: () => Promise<OpenedApiTokenStore | null>,
  framework?: Partial<StoreTestFramework>,
): void;

// Named by these, and not exported

declare abstract class ApiTokenRepository {
  abstract findByDigest(digests: readonly string[]): MaybePromise<ApiTokenRecord | null | undefined>;
}

declare abstract class ApiTokenStore extends ApiTokenRepository {
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

declare const HTTP_METHODS: readonly [
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

interface ApiToken extends Omit<StoredApiToken, 'policy' | 'metadata' | 'createdAt'> {
  readonly policy: TokenPolicy | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly createdAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly status: ApiTokenStatus;
}

interface ApiTokenChangeOptions {
  readonly actor?: string;
}

interface ApiTokenPage {
  readonly after: string | null;
  readonly limit: number;
}

interface ApiTokenQuota {
  readonly limit: number;
  readonly at: Date;
}

interface ApiTokenRecord
  extends
    Pick<StoredApiToken, 'id' | 'ownerId' | 'expiresAt' | 'revokedAt'>,
    Partial<Omit<StoredApiToken, RequiredField | 'expiresAt' | 'revokedAt'>> {
  readonly digest: string;
  readonly secretExpiresAt?: Date | null;
  readonly policy: string | TokenPolicy | null;
  readonly createdAt?: Date | null;
}

interface ApiTokenRoute {
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

interface AuthenticatedRoute extends OpenRoute {
  readonly kind: 'authenticated';
}

interface CollectionRoute extends RouteWithPolicy {
  readonly kind: 'collection';
}

interface IssueApiTokenOptions extends RequestedExpiry, ApiTokenChangeOptions {
  readonly ownerId: string;
  readonly policy: TokenPolicy | string;
  readonly note?: string;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  readonly notBefore?: Date | null;
}

interface IssuedApiToken {
  readonly token: ApiToken;
  readonly secret: string;
}

interface ItemRoute extends RouteWithPolicy {
  readonly kind: 'item';
  readonly param: string;
  readonly canonicalizer: Canonicalizer;
}

interface OpenRoute {
  readonly declaredMethod: string | null;
}

interface PolicyResources {
  readonly '*'?: PolicySection;
  readonly [policyId: string]: ResourcePolicy | PolicySection | undefined;
}

interface PolicySection {
  readonly allow?: readonly PolicyMethod[];
  readonly block?: readonly PolicyMethod[];
}

interface RequestedExpiry {
  readonly expiresAt?: Date | null;
  readonly lifetimeMs?: number;
}

interface ResourcePolicy {
  readonly [resourceId: string]: PolicySection;
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

interface StoredApiToken {
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

interface TokenPolicy {
  readonly resources?: PolicyResources;
}

type ApiTokenChanges = Partial<
  Pick<StoredApiToken, 'note' | 'policy' | 'metadata' | 'expiresAt' | 'pausedAt'>
>;

type ApiTokenSelector =
  | {
      readonly owners: readonly string[];
    }
  | {
      readonly all: true;
    };

type ApiTokenStatus = 'revoked' | 'paused' | 'not-yet-valid' | 'expired' | 'active';

type Canonicalizer = 'int' | 'uuid' | 'exact' | ((raw: string) => string | null);

type HandlerClass = ReturnType<ExecutionContext['getClass']>;

type HandlerMethod = ReturnType<ExecutionContext['getHandler']>;

type HttpMethod = (typeof HTTP_METHODS)[number];

type MaybePromise<T> = T | Promise<T>;

type PolicyMethod = HttpMethod | '*';

type RequiredField = 'id' | 'ownerId' | 'policy' | 'createdAt';

type RouteDeclaration =
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
