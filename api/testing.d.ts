export declare class ApiTokenTestClient {
    private readonly app;
    readonly token: ApiToken;
    readonly secret: string;
    readonly headers: TestToken['headers'];
    constructor(app: INestApplication, { token, secret, headers }: TestToken);
    request(method: string, path: string, { headers, body }?: Pick<TestRequest, 'headers' | 'body'>): Promise<TestResponse>;
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
    readonly name = "PolicyMatrixError";
    readonly code = "API_TOKEN_POLICY_MATRIX";
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

export declare function actingAs(app: INestApplication, options: TestTokenOptions): Promise<ApiTokenTestClient>;

export declare function expectPoliciesToHold(app: INestApplication, options?: PolicyMatrixOptions): Promise<PolicyMatrixResult>;

export declare function issueTestToken(app: Pick<INestApplicationContext, 'get'>, { ownerId, ...options }: TestTokenOptions): Promise<TestToken>;

export declare function testApiTokenStore(name: string, open: () => Promise<OpenedApiTokenStore | null>, framework?: Partial<StoreTestFramework>): void;
