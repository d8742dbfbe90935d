export declare class ApiTokenEntity implements StoredApiToken {
  id: string;
  ownerId: string;
  kind: string;
  hint: string | null;
  policy: string | null;
  note: string;
  metadata: string | null;
  createdAt: Date;
  notBefore: Date | null;
  expiresAt: Date | null;
  pausedAt: Date | null;
  revokedAt: Date | null;
  revocationReason: string | null;
  lastUsedAt: Date | null;
}

export declare class ApiTokenOwnerEntity {
  ownerId: string;
}

export declare class ApiTokenSecretEntity {
  digest: string;
  tokenId: string;
  expiresAt: Date | null;
  token: Relation<ApiTokenEntity>;
}

export declare class CreateApiTokens1763769600000 implements MigrationInterface {
  readonly name = 'CreateApiTokens1763769600000';
  up(queryRunner: QueryRunner): Promise<void>;
  down(queryRunner: QueryRunner): Promise<void>;
}

export declare class TypeOrmApiTokenStore extends ApiTokenStore implements OnApplicationBootstrap {
  #private;
  constructor(dataSource: DataSource);
  onApplicationBootstrap(): Promise<void>;
  findByDigest(digests: readonly string[]): Promise<ApiTokenRecord | null>;
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

export declare const apiTokenEntities: readonly [
  typeof ApiTokenEntity,
  typeof ApiTokenSecretEntity,
  typeof ApiTokenOwnerEntity,
];

export declare const apiTokenMigrations: readonly [typeof CreateApiTokens1763769600000];

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

interface PolicyResources {
  readonly '*'?: PolicySection;
  readonly [policyId: string]: ResourcePolicy | PolicySection | undefined;
}

interface PolicySection {
  readonly allow?: readonly PolicyMethod[];
  readonly block?: readonly PolicyMethod[];
}

interface ResourcePolicy {
  readonly [resourceId: string]: PolicySection;
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

type HttpMethod = (typeof HTTP_METHODS)[number];

type MaybePromise<T> = T | Promise<T>;

type PolicyMethod = HttpMethod | '*';

type RequiredField = 'id' | 'ownerId' | 'policy' | 'createdAt';
